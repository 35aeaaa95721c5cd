using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.EClaimLink;

/// <summary>What one search asks for.</summary>
public sealed class SearchQuery
{
    /// <summary>1 for files that the facility sent, 2 for files that it received.</summary>
    /// <value>The default is 1; from 1 to 2.</value>
    [Range(1, 2)]
    public int Direction { get; set; } = 1;

    /// <summary>The kind of file: 2 submissions, 8 remittances, -1 all.</summary>
    /// <value>The default is 2; from -1 to 65,536.</value>
    [Range(-1, 65_536)]
    public int TransactionId { get; set; } = 2;

    /// <summary>1 for files that are not yet marked as downloaded, 2 for those that are.</summary>
    /// <value>The default is 1; from -1 to 2.</value>
    [Range(-1, 2)]
    public int Status { get; set; } = 1;
}
