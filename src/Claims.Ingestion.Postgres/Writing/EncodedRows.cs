using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>The rows of a file's claims, encoded for COPY into the tables of <see cref="ClaimTable"/>; the file's number is filled in when they are copied.</summary>
/// <param name="facilityId">The facility of the file.</param>
internal sealed class EncodedRows(string facilityId) : EncodedClaims
{
    private readonly RowWriter _rows = new();
    private readonly int[] _rowsOf = new int[ClaimTable.All.Length];
    private readonly List<int> _leftOut = [];

    public override long Length => _rows.Length;

    /// <summary>How many rows are held.</summary>
    public int Count => _rowsOf.Sum();

    public FileCounts Counts => new(RowsOf(ClaimTable.Claims), RowsOf(ClaimTable.Activities), RowsOf(ClaimTable.RemittedClaims), RowsOf(ClaimTable.Errors));

    /// <summary>The places in the file of the claims that are left out.</summary>
    public IReadOnlyList<int> LeftOut => _leftOut;

    public override void Add(ClaimSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Submitted) Encode(claim);
        foreach (RemittedClaim claim in slice.Remitted) Encode(claim);
        foreach (ClaimError error in slice.Errors)
        {
            Encode(error);
            _leftOut.Add(error.Position);
        }

        _rows.EndRow();
    }

    /// <summary>Goes through the rows, claim by claim.</summary>
    public RowEnumerator GetEnumerator() => _rows.GetEnumerator();

    public override void Dispose() => _rows.Dispose();

    private RowWriter Start(ClaimTable table, int claimNo)
    {
        _rows.StartRow(table.Number, table.Fields);
        _rows.Write(ClaimTable.NoFileYet);
        _rows.Write(claimNo);
        _rowsOf[table.Number]++;
        return _rows;
    }

    private int RowsOf(ClaimTable table) => _rowsOf[table.Number];

    private void Encode(SubmittedClaim claim)
    {
        RowWriter row = Start(ClaimTable.Claims, claim.Position);
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
            row = Start(ClaimTable.Diagnoses, claim.Position);
            row.Write(i + 1);
            row.Write(claim.Diagnoses[i].Type);
            row.Write(claim.Diagnoses[i].Code);
        }

        for (int i = 0; i < claim.Activities.Count; i++) Encode(claim.Position, i + 1, claim.Activities[i]);
    }

    private void Encode(int claimNo, int lineNo, SubmittedActivity activity)
    {
        RowWriter row = Start(ClaimTable.Activities, claimNo);
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
            row = Start(ClaimTable.Observations, claimNo);
            row.Write(lineNo);
            row.Write(i + 1);
            row.Write(observation.Type);
            row.Write(observation.Code);
            row.Write(observation.Value);
            row.Write(observation.ValueType);
            row.Write(observation.Content);
        }
    }

    private void Encode(RemittedClaim claim)
    {
        RowWriter row = Start(ClaimTable.RemittedClaims, claim.Position);
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
            row = Start(ClaimTable.RemittedActivities, claim.Position);
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

    private void Encode(ClaimError error)
    {
        RowWriter row = Start(ClaimTable.Errors, error.Position);
        row.Write(facilityId);
        row.Write(error.ClaimId);
        row.Write(error.Line);
        row.Write(error.Rule);
        row.Write(error.Reason);
    }
}
