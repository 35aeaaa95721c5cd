using FacilityGateway.Generation;

namespace FacilityGateway;

/// <summary>A file of the simulated world. Its content is made when it is asked for, and is the same each time.</summary>
public sealed class GeneratedFile
{
    private readonly BatchSource _source;
    private readonly int _index;

    internal GeneratedFile(BatchSource source, int index, PlannedFile plan)
    {
        _source = source;
        _index = index;
        FacilityId = source.FacilityId;
        Name = plan.Name;
        Kind = plan.Kind;
        Broken = plan.Broken;
        Expectation = plan.Expectation;
        Counts = plan.Counts;
        DuplicateOf = plan.DuplicateOf;
    }

    public string FacilityId { get; }

    /// <summary>Unique within the facility.</summary>
    public string Name { get; }

    public GeneratedFileKind Kind { get; }

    /// <summary>What is wrong with a broken file.</summary>
    public BrokenKind? Broken { get; }

    /// <summary>What must become of the file.</summary>
    public Expectation Expectation { get; }

    /// <summary>How much of it must be stored; nothing, unless it is expected to be stored.</summary>
    public FileCounts Counts { get; }

    /// <summary>The file with the same content. Whichever of the two comes first is stored, the other is skipped.</summary>
    public string? DuplicateOf { get; }

    public void WriteTo(Stream stream) => _source.Get().Files[_index].WriteTo(stream);

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }
}

public enum GeneratedFileKind
{
    Submission,
    Remittance,
    TestFile,
    PriorAuthorization,
    Duplicate,
    Broken,
}

/// <summary>The ways in which a file can be beyond reading.</summary>
public enum BrokenKind
{
    Empty,
    NotXml,
    CutOff,
    HtmlPage,
    SoapFault,
    NoHeader,
    HeaderWithoutSender,
    HeaderWithoutDate,
    EntityBomb,
    TwoRoots,
    UnknownEncoding,
    CorruptZip,
    CorruptGzip,
}

public enum Expectation
{
    Stored,
    Quarantined,
    Skipped,
}

/// <summary>How much of a file must be stored.</summary>
/// <param name="Claims">Claims of a submission.</param>
/// <param name="Activities">Activities of those claims.</param>
/// <param name="RemittanceClaims">Claims of a remittance.</param>
/// <param name="LeftOut">Claims that must be left out.</param>
public readonly record struct FileCounts(int Claims, int Activities, int RemittanceClaims, int LeftOut);
