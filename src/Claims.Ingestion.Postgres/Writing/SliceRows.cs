using Claims.Ingestion.Reading;
using Npgsql;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A slice and the file that it is from.</summary>
internal readonly record struct FileSlice(long FileId, string FacilityId, ClaimSlice Slice);

/// <summary>The rows of slices, encoded for binary COPY; copied into one table after the other, always in the same order.</summary>
internal sealed class SliceRows : IDisposable
{
    // Beyond that, a COPY of more rows saves nothing any more.
    private const long MaxBytes = 8L * 1024 * 1024;

    private readonly CopyTable _claims = new("claim", "file_id, claim_no, provider_id, claim_id, id_payer, member_id, payer_id, emirates_id, gross, patient_share, net, encounter_facility_id, encounter_type, patient_id, encounter_start, encounter_end, encounter_start_type, encounter_end_type, transfer_source, transfer_destination, package_name, is_marked_resubmission, resubmission_type, resubmission_comment, resubmission_attachment");
    private readonly CopyTable _diagnoses = new("diagnosis", "file_id, claim_no, line_no, type, code");
    private readonly CopyTable _activities = new("activity", "file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, clinician, prior_authorization_id");
    private readonly CopyTable _observations = new("observation", "file_id, claim_no, activity_line_no, line_no, type, code, value, value_type, content");
    private readonly CopyTable _remittedClaims = new("remittance_claim", "file_id, claim_no, provider_id, claim_id, id_payer, denial_code, payment_reference, date_settlement, facility_id, comments");
    private readonly CopyTable _remittedActivities = new("remittance_activity", "file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, list, clinician, prior_authorization_id, gross, patient_share, payment_amount, denial_code");
    private readonly CopyTable _errors = new("claim_error", "file_id, claim_no, facility_id, claim_id, line, rule, reason");

    // In the order in which they are copied.
    private readonly CopyTable[] _tables;

    public SliceRows() => _tables = [_claims, _diagnoses, _activities, _observations, _remittedClaims, _remittedActivities, _errors];

    /// <summary>How many rows are held.</summary>
    public int Count => _tables.Sum(t => t.Rows.Rows);

    /// <summary>Whether so much is held that it should be copied now.</summary>
    public bool IsFull => _tables.Sum(t => t.Rows.Length) >= MaxBytes;

    public void Add(FileSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Slice.Submitted) Encode(slice.FileId, claim);
        foreach (RemittedClaim claim in slice.Slice.Remitted) Encode(slice.FileId, claim);
        foreach (ClaimError error in slice.Slice.Errors) Encode(slice, error);
    }

    /// <summary>Copies what is held, and holds nothing any more. A COPY is begun only when there is a row for it.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (CopyTable table in _tables)
        {
            if (table.Rows.Rows > 0) await table.Rows.SendAsync(connection, table.Target, cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (CopyTable table in _tables) table.Rows.Dispose();
    }

    private void Encode(long fileId, SubmittedClaim claim)
    {
        CopyBuffer row = _claims.Start(fileId, claim.Position);
        row.Write(claim.ProviderId);
        row.Write(claim.Id);
        row.Write(claim.IdPayer);
        row.Write(claim.MemberId);
        row.Write(claim.PayerId);
        row.Write(claim.EmiratesId);
        row.Write(claim.Gross);
        row.Write(claim.PatientShare);
        row.Write(claim.Net);
        row.Write(claim.Encounter?.FacilityId);
        row.Write(claim.Encounter?.Type);
        row.Write(claim.Encounter?.PatientId);
        row.Write(claim.Encounter?.Start);
        row.Write(claim.Encounter?.End);
        row.Write(claim.Encounter?.StartType);
        row.Write(claim.Encounter?.EndType);
        row.Write(claim.Encounter?.TransferSource);
        row.Write(claim.Encounter?.TransferDestination);
        row.Write(claim.PackageName);
        row.Write(claim.Resubmission is not null);
        row.Write(claim.Resubmission?.Type);
        row.Write(claim.Resubmission?.Comment);
        row.Write(claim.Resubmission?.Attachment);
        for (int i = 0; i < claim.Diagnoses.Count; i++)
        {
            row = _diagnoses.Start(fileId, claim.Position);
            row.Write(i + 1);
            row.Write(claim.Diagnoses[i].Type);
            row.Write(claim.Diagnoses[i].Code);
        }

        for (int i = 0; i < claim.Activities.Count; i++) Encode(fileId, claim.Position, i + 1, claim.Activities[i]);
    }

    private void Encode(long fileId, int claimNo, int lineNo, SubmittedActivity activity)
    {
        CopyBuffer row = _activities.Start(fileId, claimNo);
        row.Write(lineNo);
        row.Write(activity.Id);
        row.Write(activity.Start);
        row.Write(activity.Type);
        row.Write(activity.Code);
        row.Write(activity.Quantity);
        row.Write(activity.Net);
        row.Write(activity.Clinician);
        row.Write(activity.PriorAuthorizationId);
        for (int i = 0; i < activity.Observations.Count; i++)
        {
            Observation observation = activity.Observations[i];
            row = _observations.Start(fileId, claimNo);
            row.Write(lineNo);
            row.Write(i + 1);
            row.Write(observation.Type);
            row.Write(observation.Code);
            row.Write(observation.Value);
            row.Write(observation.ValueType);
            row.Write(observation.Content);
        }
    }

    private void Encode(long fileId, RemittedClaim claim)
    {
        CopyBuffer row = _remittedClaims.Start(fileId, claim.Position);
        row.Write(claim.ProviderId);
        row.Write(claim.Id);
        row.Write(claim.IdPayer);
        row.Write(claim.DenialCode);
        row.Write(claim.PaymentReference);
        row.Write(claim.DateSettlement);
        row.Write(claim.FacilityId);
        row.Write(claim.Comments);
        for (int i = 0; i < claim.Activities.Count; i++)
        {
            RemittedActivity activity = claim.Activities[i];
            row = _remittedActivities.Start(fileId, claim.Position);
            row.Write(i + 1);
            row.Write(activity.Id);
            row.Write(activity.Start);
            row.Write(activity.Type);
            row.Write(activity.Code);
            row.Write(activity.Quantity);
            row.Write(activity.Net);
            row.Write(activity.List);
            row.Write(activity.Clinician);
            row.Write(activity.PriorAuthorizationId);
            row.Write(activity.Gross);
            row.Write(activity.PatientShare);
            row.Write(activity.PaymentAmount);
            row.Write(activity.DenialCode);
        }
    }

    private void Encode(FileSlice slice, ClaimError error)
    {
        CopyBuffer row = _errors.Start(slice.FileId, error.Position);
        row.Write(slice.FacilityId);
        row.Write(error.ClaimId);
        row.Write(error.Line);
        row.Write(error.Rule);
        row.Write(error.Reason);
    }

    /// <summary>Rows on their way into one table. Every row begins with the file and the claim's place in it.</summary>
    private sealed class CopyTable(string name, string columns)
    {
        private readonly int _fields = columns.Count(c => c == ',') + 1;

        public string Target { get; } = $"{name} ({columns})";

        public CopyBuffer Rows { get; } = new();

        public CopyBuffer Start(long fileId, int claimNo)
        {
            Rows.StartRow(_fields);
            Rows.Write(fileId);
            Rows.Write(claimNo);
            return Rows;
        }
    }
}
