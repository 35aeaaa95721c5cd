using Claims.Ingestion.Reading;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Copies slices into their tables by binary COPY, one table after the other, always in the same order.</summary>
internal sealed class SliceCopier(NpgsqlConnection connection)
{
    private const NpgsqlDbType Text = NpgsqlDbType.Text;

    public async Task CopyAsync(IReadOnlyList<FileSlice> slices, CancellationToken cancellationToken)
    {
        await CopyTableAsync(
            "claim (file_id, claim_no, provider_id, claim_id, id_payer, member_id, payer_id, emirates_id, gross, patient_share, net, encounter_facility_id, encounter_type, patient_id, encounter_start, encounter_end, encounter_start_type, encounter_end_type, transfer_source, transfer_destination, package_name, is_marked_resubmission, resubmission_type, resubmission_comment, resubmission_attachment)",
            slices, WriteClaims, cancellationToken);
        await CopyTableAsync("diagnosis (file_id, claim_no, line_no, type, code)", slices, WriteDiagnoses, cancellationToken);
        await CopyTableAsync(
            "activity (file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, clinician, prior_authorization_id)",
            slices, WriteActivities, cancellationToken);
        await CopyTableAsync(
            "observation (file_id, claim_no, activity_line_no, line_no, type, code, value, value_type, content)", slices, WriteObservations, cancellationToken);
        await CopyTableAsync(
            "remittance_claim (file_id, claim_no, provider_id, claim_id, id_payer, denial_code, payment_reference, date_settlement, facility_id, comments)",
            slices, WriteRemittedClaims, cancellationToken);
        await CopyTableAsync(
            "remittance_activity (file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, list, clinician, prior_authorization_id, gross, patient_share, payment_amount, denial_code)",
            slices, WriteRemittedActivities, cancellationToken);
        await CopyTableAsync("claim_error (file_id, claim_no, facility_id, claim_id, line, rule, reason)", slices, WriteErrors, cancellationToken);
    }

    /// <summary>Opens the COPY only when there is a row for it.</summary>
    private async Task CopyTableAsync(string target, IReadOnlyList<FileSlice> slices, Action<CopyRows, FileSlice> write, CancellationToken cancellationToken)
    {
        await using var rows = new CopyRows(connection, target);
        foreach (FileSlice slice in slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            write(rows, slice);
        }

        await rows.CompleteAsync(cancellationToken);
    }

    private static void WriteClaims(CopyRows rows, FileSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Slice.Submitted)
        {
            NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
            row.Write(claim.ProviderId, Text);
            row.Write(claim.Id, Text);
            row.WriteText(claim.IdPayer);
            row.WriteText(claim.MemberId);
            row.Write(claim.PayerId, Text);
            row.WriteText(claim.EmiratesId);
            row.Write(claim.Gross, NpgsqlDbType.Numeric);
            row.Write(claim.PatientShare, NpgsqlDbType.Numeric);
            row.Write(claim.Net, NpgsqlDbType.Numeric);
            row.WriteText(claim.Encounter?.FacilityId);
            row.WriteText(claim.Encounter?.Type);
            row.WriteText(claim.Encounter?.PatientId);
            row.WriteTime(claim.Encounter?.Start);
            row.WriteTime(claim.Encounter?.End);
            row.WriteText(claim.Encounter?.StartType);
            row.WriteText(claim.Encounter?.EndType);
            row.WriteText(claim.Encounter?.TransferSource);
            row.WriteText(claim.Encounter?.TransferDestination);
            row.WriteText(claim.PackageName);
            row.Write(claim.Resubmission is not null, NpgsqlDbType.Boolean);
            row.WriteText(claim.Resubmission?.Type);
            row.WriteText(claim.Resubmission?.Comment);
            row.WriteBytes(claim.Resubmission?.Attachment);
        }
    }

    private static void WriteDiagnoses(CopyRows rows, FileSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Slice.Submitted)
        {
            for (int i = 0; i < claim.Diagnoses.Count; i++)
            {
                NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
                row.Write(i + 1, NpgsqlDbType.Integer);
                row.WriteText(claim.Diagnoses[i].Type);
                row.WriteText(claim.Diagnoses[i].Code);
            }
        }
    }

    private static void WriteActivities(CopyRows rows, FileSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Slice.Submitted)
        {
            for (int i = 0; i < claim.Activities.Count; i++)
            {
                SubmittedActivity activity = claim.Activities[i];
                NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
                row.Write(i + 1, NpgsqlDbType.Integer);
                row.Write(activity.Id, Text);
                row.WriteTime(activity.Start);
                row.WriteText(activity.Type);
                row.Write(activity.Code, Text);
                row.Write(activity.Quantity, NpgsqlDbType.Numeric);
                row.Write(activity.Net, NpgsqlDbType.Numeric);
                row.WriteText(activity.Clinician);
                row.WriteText(activity.PriorAuthorizationId);
            }
        }
    }

    private static void WriteObservations(CopyRows rows, FileSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Slice.Submitted)
        {
            for (int i = 0; i < claim.Activities.Count; i++)
            {
                IReadOnlyList<Observation> observations = claim.Activities[i].Observations;
                for (int j = 0; j < observations.Count; j++)
                {
                    NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
                    row.Write(i + 1, NpgsqlDbType.Integer);
                    row.Write(j + 1, NpgsqlDbType.Integer);
                    row.WriteText(observations[j].Type);
                    row.WriteText(observations[j].Code);
                    row.WriteText(observations[j].Value);
                    row.WriteText(observations[j].ValueType);
                    row.WriteBytes(observations[j].Content);
                }
            }
        }
    }

    private static void WriteRemittedClaims(CopyRows rows, FileSlice slice)
    {
        foreach (RemittedClaim claim in slice.Slice.Remitted)
        {
            NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
            row.Write(claim.ProviderId, Text);
            row.Write(claim.Id, Text);
            row.WriteText(claim.IdPayer);
            row.WriteText(claim.DenialCode);
            row.WriteText(claim.PaymentReference);
            row.WriteTime(claim.DateSettlement);
            row.WriteText(claim.FacilityId);
            row.WriteText(claim.Comments);
        }
    }

    private static void WriteRemittedActivities(CopyRows rows, FileSlice slice)
    {
        foreach (RemittedClaim claim in slice.Slice.Remitted)
        {
            for (int i = 0; i < claim.Activities.Count; i++)
            {
                RemittedActivity activity = claim.Activities[i];
                NpgsqlBinaryImporter row = rows.Start(slice.FileId, claim.Position);
                row.Write(i + 1, NpgsqlDbType.Integer);
                row.Write(activity.Id, Text);
                row.WriteTime(activity.Start);
                row.WriteText(activity.Type);
                row.WriteText(activity.Code);
                row.WriteNumber(activity.Quantity);
                row.Write(activity.Net, NpgsqlDbType.Numeric);
                row.WriteNumber(activity.List);
                row.WriteText(activity.Clinician);
                row.WriteText(activity.PriorAuthorizationId);
                row.WriteNumber(activity.Gross);
                row.WriteNumber(activity.PatientShare);
                row.Write(activity.PaymentAmount, NpgsqlDbType.Numeric);
                row.WriteText(activity.DenialCode);
            }
        }
    }

    private static void WriteErrors(CopyRows rows, FileSlice slice)
    {
        foreach (ClaimError error in slice.Slice.Errors)
        {
            NpgsqlBinaryImporter row = rows.Start(slice.FileId, error.Position);
            row.Write(slice.FacilityId, Text);
            row.WriteText(error.ClaimId);
            row.Write(error.Line, NpgsqlDbType.Integer);
            row.Write(error.Rule, Text);
            row.Write(error.Reason, Text);
        }
    }
}
