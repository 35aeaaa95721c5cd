namespace Claims.Ingestion.Reading;

/// <summary>What a claim file says of itself.</summary>
public sealed class FileHeader
{
    /// <summary>Who sent the file.</summary>
    public required string SenderId { get; init; }

    /// <summary>Whom the file is for.</summary>
    /// <value><see langword="null"/> when the file does not say.</value>
    public string? ReceiverId { get; init; }

    /// <summary>The date of the transaction, which orders a claim's history.</summary>
    public required DateTimeOffset TransactionDate { get; init; }

    /// <summary>How many claims the file says it holds.</summary>
    /// <value><see langword="null"/> when missing or unreadable.</value>
    public int? RecordCount { get; init; }

    /// <summary><c>PRODUCTION</c> or <c>TEST</c>.</summary>
    /// <value><see langword="null"/> when the file does not say.</value>
    public string? DispositionFlag { get; init; }
}
