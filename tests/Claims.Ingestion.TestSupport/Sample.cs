using System.Security.Cryptography;
using System.Text;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.TestSupport;

/// <summary>Small synthetic claims and files for tests of stores and views.</summary>
public static class Sample
{
    public static readonly DateTimeOffset Day1 = new(2026, 3, 1, 8, 0, 0, TimeSpan.FromHours(4));

    public static SubmittedClaim Claim(
        string id, decimal net, int position = 1, string provider = "DHA-F-0000001", string payer = "INS001", Resubmission? resubmission = null,
        params (string Id, decimal Net)[] activities) => new()
        {
            Position = position,
            Id = id,
            ProviderId = provider,
            PayerId = payer,
            Gross = net,
            PatientShare = 0,
            Net = net,
            Diagnoses = [new Diagnosis { Type = "Principal", Code = "Z00.0" }],
            Activities = [.. (activities.Length == 0 ? [("A1", net)] : activities).Select(a => Activity(a.Id, a.Net))],
            Resubmission = resubmission,
        };

    public static SubmittedActivity Activity(string id, decimal net) => new()
    {
        Id = id,
        Start = Day1,
        Type = "3",
        Code = "99213",
        Quantity = 1,
        Net = net,
        Observations = [new Observation { Type = "LOINC", Code = "8302-2", Value = "170", ValueType = "cm" }],
    };

    public static RemittedClaim Remitted(string id, int position = 1, string provider = "DHA-F-0000001", string? denial = null, params (string Id, decimal Net, decimal Paid, string? Denial)[] activities) => new()
    {
        Position = position,
        Id = id,
        ProviderId = provider,
        DenialCode = denial,
        PaymentReference = "PAY1",
        Activities = [.. activities.Select(a => new RemittedActivity { Id = a.Id, Net = a.Net, PaymentAmount = a.Paid, DenialCode = a.Denial })],
    };

    public static SampleFile Submission(string externalId, DateTimeOffset date, params SubmittedClaim[] claims) =>
        new(externalId, Outcome(ClaimFileKind.Submission, date, claims.Length), [new ClaimSlice { Submitted = claims }]);

    public static SampleFile Remittance(string externalId, DateTimeOffset date, params RemittedClaim[] claims) =>
        new(externalId, Outcome(ClaimFileKind.Remittance, date, claims.Length), [new ClaimSlice { Remitted = claims }]);

    /// <summary>A file as it is after its download.</summary>
    public static ClaimFile Fetched(string facilityId, string externalId, byte[] bytes) => new()
    {
        FacilityId = facilityId,
        ExternalId = externalId,
        Name = externalId,
        ReceivedAt = Day1,
        Length = bytes.Length,
        ContentHash = SHA256.HashData(bytes),
        OpenRead = () => new MemoryStream(bytes, writable: false),
    };

    public static ReadOutcome Outcome(ClaimFileKind kind, DateTimeOffset date, int count) => new()
    {
        Status = FileStatus.Stored,
        Kind = kind,
        Header = new FileHeader { SenderId = "TPA001", ReceiverId = "DHA-F-0000001", TransactionDate = date, RecordCount = count, DispositionFlag = "PRODUCTION" },
    };
}

/// <summary>A file with given slices; large files tell their outcome only after their slices.</summary>
public sealed class SampleFile : ReadFile
{
    private readonly ReadOutcome _outcome;
    private readonly IReadOnlyList<ClaimSlice> _slices;
    private bool _isRead;

    public SampleFile(
        string externalId, ReadOutcome outcome, IReadOnlyList<ClaimSlice> slices, string? content = null, string facilityId = "DHA-F-0000001", bool isLarge = false,
        long? leaseEpoch = null, Guid? pollId = null, string? traceId = null)
    {
        _outcome = outcome;
        _slices = slices;
        _isRead = !isLarge;
        byte[] bytes = Encoding.UTF8.GetBytes(content ?? externalId);
        File = new ClaimFile
        {
            FacilityId = facilityId,
            LeaseEpoch = leaseEpoch,
            PollId = pollId,
            TraceId = traceId,
            ExternalId = externalId,
            Name = $"{externalId}.xml",
            ReceivedAt = Sample.Day1,
            Length = bytes.Length,
            ContentHash = SHA256.HashData(bytes),
            OpenRead = () => new MemoryStream(bytes, writable: false),
        };
    }

    public override ClaimFile File { get; }

    public override ReadOutcome? Outcome => _isRead ? _outcome : null;

    /// <summary>Thrown after the slices, when set.</summary>
    public Exception? Fault { get; init; }

    public override async IAsyncEnumerable<ClaimSlice> ReadSlicesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (ClaimSlice slice in _slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return slice;
        }

        if (Fault is not null) throw Fault;
        _isRead = true;
    }
}
