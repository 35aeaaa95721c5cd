using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A row of <c>claims.claim_file</c>.</summary>
[Table("claim_file", Schema = "claims")]
[PrimaryKey(nameof(Id))]
internal sealed class ClaimFileRow
{
    [Column("id")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required long Id { get; init; }

    [Column("facility_id")]
    public required string FacilityId { get; init; }

    [Column("external_id")]
    public required string ExternalId { get; init; }

    [Column("name")]
    public required string Name { get; init; }

    [Column("kind")]
    public required string Kind { get; init; }

    [Column("status")]
    public required string Status { get; init; }

    [Column("claim_count")]
    public required int ClaimCount { get; init; }

    [Column("activity_count")]
    public required int ActivityCount { get; init; }

    [Column("left_out_count")]
    public required int LeftOutCount { get; init; }

    [Column("declared_count")]
    public int? DeclaredCount { get; init; }

    [Column("sender_id")]
    public string? SenderId { get; init; }

    [Column("receiver_id")]
    public string? ReceiverId { get; init; }

    [Column("transaction_date")]
    public DateTimeOffset? TransactionDate { get; init; }

    [Column("content_hash")]
    public required byte[] ContentHash { get; init; }

    [Column("byte_count")]
    public required long ByteCount { get; init; }

    [Column("received_at")]
    public required DateTimeOffset ReceivedAt { get; init; }
}
