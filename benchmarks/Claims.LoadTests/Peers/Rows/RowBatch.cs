using Claims.Ingestion.Reading;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>The rows of some files: what a peer writes in one transaction.</summary>
internal sealed class RowBatch
{
    public List<ClaimRow> Claims { get; } = [];

    public List<DiagnosisRow> Diagnoses { get; } = [];

    public List<ActivityRow> Activities { get; } = [];

    public List<ObservationRow> Observations { get; } = [];

    public List<ClaimFileRow> Files { get; } = [];

    public void Add(long fileId, SubmittedClaim claim)
    {
        Claims.Add(new ClaimRow
        {
            FileId = fileId,
            ClaimNo = claim.Position,
            ProviderId = claim.ProviderId,
            ClaimId = claim.Id,
            IdPayer = claim.IdPayer,
            MemberId = claim.MemberId,
            PayerId = claim.PayerId,
            EmiratesId = claim.EmiratesId,
            Gross = claim.Gross,
            PatientShare = claim.PatientShare,
            Net = claim.Net,
            EncounterFacilityId = claim.Encounter?.FacilityId,
            EncounterType = claim.Encounter?.Type,
            PatientId = claim.Encounter?.PatientId,
            EncounterStart = claim.Encounter?.Start?.ToUniversalTime(),
            EncounterEnd = claim.Encounter?.End?.ToUniversalTime(),
            EncounterStartType = claim.Encounter?.StartType,
            EncounterEndType = claim.Encounter?.EndType,
            TransferSource = claim.Encounter?.TransferSource,
            TransferDestination = claim.Encounter?.TransferDestination,
            PackageName = claim.PackageName,
            IsMarkedResubmission = claim.Resubmission is not null,
            ResubmissionType = claim.Resubmission?.Type,
            ResubmissionComment = claim.Resubmission?.Comment,
            ResubmissionAttachment = claim.Resubmission?.Attachment,
        });
        for (int i = 0; i < claim.Diagnoses.Count; i++)
            Diagnoses.Add(new DiagnosisRow { FileId = fileId, ClaimNo = claim.Position, LineNo = i + 1, Type = claim.Diagnoses[i].Type, Code = claim.Diagnoses[i].Code });
        for (int i = 0; i < claim.Activities.Count; i++) Add(fileId, claim.Position, i + 1, claim.Activities[i]);
    }

    private void Add(long fileId, int claimNo, int lineNo, SubmittedActivity activity)
    {
        Activities.Add(new ActivityRow
        {
            FileId = fileId,
            ClaimNo = claimNo,
            LineNo = lineNo,
            ActivityId = activity.Id,
            StartAt = activity.Start.ToUniversalTime(),
            Type = activity.Type,
            Code = activity.Code,
            Quantity = activity.Quantity,
            Net = activity.Net,
            Clinician = activity.Clinician,
            PriorAuthorizationId = activity.PriorAuthorizationId,
        });
        for (int i = 0; i < activity.Observations.Count; i++)
        {
            Observation observation = activity.Observations[i];
            Observations.Add(new ObservationRow
            {
                FileId = fileId,
                ClaimNo = claimNo,
                ActivityLineNo = lineNo,
                LineNo = i + 1,
                Type = observation.Type,
                Code = observation.Code,
                Value = observation.Value,
                ValueType = observation.ValueType,
                Content = observation.Content,
            });
        }
    }
}
