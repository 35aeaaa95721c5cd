using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A row of <c>claims.claim</c>.</summary>
[Table("claim", Schema = "claims")]
[PrimaryKey(nameof(FileId), nameof(ClaimNo))]
internal sealed class ClaimRow
{
    [Column("file_id")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required long FileId { get; init; }

    [Column("claim_no")]
    [DatabaseGenerated(DatabaseGeneratedOption.None)]
    public required int ClaimNo { get; init; }

    [Column("provider_id")]
    public required string ProviderId { get; init; }

    [Column("claim_id")]
    public required string ClaimId { get; init; }

    [Column("id_payer")]
    public string? IdPayer { get; init; }

    [Column("member_id")]
    public string? MemberId { get; init; }

    [Column("payer_id")]
    public required string PayerId { get; init; }

    [Column("emirates_id")]
    public string? EmiratesId { get; init; }

    [Column("gross")]
    public required decimal Gross { get; init; }

    [Column("patient_share")]
    public required decimal PatientShare { get; init; }

    [Column("net")]
    public required decimal Net { get; init; }

    [Column("encounter_facility_id")]
    public string? EncounterFacilityId { get; init; }

    [Column("encounter_type")]
    public string? EncounterType { get; init; }

    [Column("patient_id")]
    public string? PatientId { get; init; }

    [Column("encounter_start")]
    public DateTimeOffset? EncounterStart { get; init; }

    [Column("encounter_end")]
    public DateTimeOffset? EncounterEnd { get; init; }

    [Column("encounter_start_type")]
    public string? EncounterStartType { get; init; }

    [Column("encounter_end_type")]
    public string? EncounterEndType { get; init; }

    [Column("transfer_source")]
    public string? TransferSource { get; init; }

    [Column("transfer_destination")]
    public string? TransferDestination { get; init; }

    [Column("package_name")]
    public string? PackageName { get; init; }

    [Column("is_marked_resubmission")]
    public required bool IsMarkedResubmission { get; init; }

    [Column("resubmission_type")]
    public string? ResubmissionType { get; init; }

    [Column("resubmission_comment")]
    public string? ResubmissionComment { get; init; }

    [Column("resubmission_attachment")]
    public byte[]? ResubmissionAttachment { get; init; }
}
