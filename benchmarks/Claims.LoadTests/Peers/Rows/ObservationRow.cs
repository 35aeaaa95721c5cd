using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A row of <c>claims.observation</c>.</summary>
[Table("observation", Schema = "claims")]
[PrimaryKey(nameof(FileId), nameof(ClaimNo), nameof(ActivityLineNo), nameof(LineNo))]
internal sealed class ObservationRow
{
    [Column("file_id")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required long FileId { get; init; }

    [Column("claim_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int ClaimNo { get; init; }

    [Column("activity_line_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int ActivityLineNo { get; init; }

    [Column("line_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int LineNo { get; init; }

    [Column("type")]
    public string? Type { get; init; }

    [Column("code")]
    public string? Code { get; init; }

    [Column("value")]
    public string? Value { get; init; }

    [Column("value_type")]
    public string? ValueType { get; init; }

    [Column("content")]
    public byte[]? Content { get; init; }
}
