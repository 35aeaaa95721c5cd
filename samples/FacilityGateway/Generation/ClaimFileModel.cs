using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>A claim file before it is written.</summary>
internal sealed class ClaimFileModel
{
    public required string Name { get; init; }

    public required bool IsRemittance { get; init; }

    public required string SenderId { get; init; }

    public required string ReceiverId { get; init; }

    public required DateTime TransactionDate { get; init; }

    public bool IsTest { get; init; }

    public HeaderFault HeaderFault { get; init; }

    /// <summary>Added to the number of claims that the header tells; a wrong number is only worth a warning.</summary>
    public int RecordCountError { get; init; }

    public List<SubmissionEntry> Submissions { get; } = [];

    public List<RemittanceEntry> Remittances { get; } = [];

    public int ClaimElements => Submissions.Count + Remittances.Count;

    public FileCounts Counts => new(
        Submissions.Count(entry => entry.Fault is ClaimFault.None),
        Submissions.Where(entry => entry.Fault is ClaimFault.None).Sum(entry => entry.Claim.Lines.Count),
        Remittances.Count(entry => entry.Fault is ClaimFault.None),
        Submissions.Count(entry => entry.Fault is not ClaimFault.None) + Remittances.Count(entry => entry.Fault is not ClaimFault.None));

    public FilePlace PlaceOf(int index) => new(TransactionDate, Name, index + 1, SenderId);
}

internal sealed record SubmissionEntry(ClaimVersion Claim, ClaimFault Fault = ClaimFault.None);

internal sealed record RemittanceEntry(RemittanceBlock Block, ClaimFault Fault = ClaimFault.None);

/// <summary>Why a claim inside a good file must be left out.</summary>
internal enum ClaimFault
{
    None,
    MissingId,
    UnreadableAmount,
    UnreadableDate,
    NoActivity,
    MissingPayer,
    MissingProvider,
}

internal enum HeaderFault
{
    None,
    NoHeader,
    NoSender,
    NoDate,
}
