namespace FacilityGateway.Gateway;

/// <summary>A file in the inbox of a facility. The bytes of a world's file are made when they are asked for.</summary>
public sealed class GatewayFile
{
    private readonly Func<byte[]> _content;

    internal GatewayFile(Guid id, string name, Func<byte[]> content)
    {
        Id = id;
        FileId = id.ToString();
        FileName = name;
        _content = content;
    }

    /// <summary>A GUID: for a world's file a pure function of seed, facility and file name.</summary>
    public string FileId { get; }

    public string FileName { get; }

    /// <summary>1: sent by the facility, 2: received by it.</summary>
    public required int Direction { get; init; }

    /// <summary>2: submission, 8: remittance, 32: prior authorisation.</summary>
    public required int TransactionId { get; init; }

    /// <summary>When it came to the gateway; before that it is not to be seen.</summary>
    public required DateTimeOffset UploadedAt { get; init; }

    /// <summary>How many claims it is said to hold.</summary>
    public required int RecordCount { get; init; }

    public bool IsDownloaded { get; internal set; }

    internal Guid Id { get; }

    public byte[] ToBytes() => _content();
}
