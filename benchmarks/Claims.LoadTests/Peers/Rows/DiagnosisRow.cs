using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A row of <c>claims.diagnosis</c>.</summary>
[Table("diagnosis", Schema = "claims")]
[PrimaryKey(nameof(FileId), nameof(ClaimNo), nameof(LineNo))]
internal sealed class DiagnosisRow
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

    [Column("type")]
    public string? Type { get; init; }

    [Column("code")]
    public string? Code { get; init; }
}
