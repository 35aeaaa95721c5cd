using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A row of <c>claims.activity</c>.</summary>
[Table("activity", Schema = "claims")]
[PrimaryKey(nameof(FileId), nameof(ClaimNo), nameof(LineNo))]
internal sealed class ActivityRow
{
    [Column("file_id")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required long FileId { get; init; }

    [Column("claim_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int ClaimNo { get; init; }

    [Column("line_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int LineNo { get; init; }

    [Column("activity_id")]
    public required string ActivityId { get; init; }

    [Column("start_at")]
    public required DateTimeOffset StartAt { get; init; }

    [Column("type")]
    public string? Type { get; init; }

    [Column("code")]
    public required string Code { get; init; }

    [Column("quantity")]
    public required decimal Quantity { get; init; }

    [Column("net")]
    public required decimal Net { get; init; }

    [Column("clinician")]
    public string? Clinician { get; init; }

    [Column("prior_authorization_id")]
    public string? PriorAuthorizationId { get; init; }
}
