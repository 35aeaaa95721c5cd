using System.Buffers.Binary;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A table of claims as COPY names it. Its rows begin with the file, which is known only when they are stored, and the claim's place in it.</summary>
internal sealed class ClaimTable
{
    /// <summary>Stands in a row while the file has no number.</summary>
    public const long NoFileYet = 0;

    // Behind the number of fields and the length of the first one; the other one follows with its length.
    private const int FileIdAt = sizeof(short) + sizeof(int);
    private const int ClaimNoAt = FileIdAt + sizeof(long) + sizeof(int);

    public static readonly ClaimTable Claims = new(0, "claim", "file_id, claim_no, provider_id, claim_id, id_payer, member_id, payer_id, emirates_id, gross, patient_share, net, encounter_facility_id, encounter_type, patient_id, encounter_start, encounter_end, encounter_start_type, encounter_end_type, transfer_source, transfer_destination, package_name, is_marked_resubmission, resubmission_type, resubmission_comment, resubmission_attachment");
    public static readonly ClaimTable Diagnoses = new(1, "diagnosis", "file_id, claim_no, line_no, type, code");
    public static readonly ClaimTable Activities = new(2, "activity", "file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, clinician, prior_authorization_id");
    public static readonly ClaimTable Observations = new(3, "observation", "file_id, claim_no, activity_line_no, line_no, type, code, value, value_type, content");
    public static readonly ClaimTable RemittedClaims = new(4, "remittance_claim", "file_id, claim_no, provider_id, claim_id, id_payer, denial_code, payment_reference, date_settlement, facility_id, comments");
    public static readonly ClaimTable RemittedActivities = new(5, "remittance_activity", "file_id, claim_no, line_no, activity_id, start_at, type, code, quantity, net, list, clinician, prior_authorization_id, gross, patient_share, payment_amount, denial_code");
    public static readonly ClaimTable Errors = new(6, "claim_error", "file_id, claim_no, facility_id, claim_id, line, rule, reason");

    /// <summary>All of them in the order in which they are copied, the same in every transaction.</summary>
    public static readonly ClaimTable[] All = [Claims, Diagnoses, Activities, Observations, RemittedClaims, RemittedActivities, Errors];

    private ClaimTable(int number, string name, string columns)
    {
        Number = number;
        Name = name;
        Target = $"{name} ({columns})";
        Fields = columns.Count(c => c == ',') + 1;
    }

    /// <summary>Its place in <see cref="All"/>.</summary>
    public int Number { get; }

    /// <summary>Its name, without the schema.</summary>
    public string Name { get; }

    /// <summary>Its name and its columns.</summary>
    public string Target { get; }

    /// <summary>How many columns that are.</summary>
    public int Fields { get; }

    /// <summary>Writes the file's number into an encoded row.</summary>
    public static void SetFileId(Span<byte> row, long fileId) => BinaryPrimitives.WriteInt64BigEndian(row[FileIdAt..], fileId);

    public static long FileIdOf(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64BigEndian(row[FileIdAt..]);

    public static int ClaimNoOf(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt32BigEndian(row[ClaimNoAt..]);
}
