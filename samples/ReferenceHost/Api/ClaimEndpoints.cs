using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace ReferenceHost.Api;

/// <summary>A claim as its history leaves it.</summary>
internal sealed record ClaimResponse(
    string ProviderId,
    string ClaimId,
    string? PayerId,
    string? FacilityId,
    string Status,
    decimal? InitialNet,
    decimal? CurrentNet,
    decimal? TotalPayment,
    decimal? TotalTakenBack,
    decimal? TotalDenied,
    decimal? PendingAmount,
    IReadOnlyList<ActivityResponse> Activities,
    IReadOnlyList<HistoryEntry> History);

/// <summary>An activity of the claim's current version.</summary>
internal sealed record ActivityResponse(
    string ActivityId, decimal? Submitted, decimal? NetPaid, decimal? TakenBack, decimal? DeniedAmount, string Status);

/// <summary>A submission or remittance that named the claim.</summary>
internal sealed record HistoryEntry(
    string Kind, DateTimeOffset TransactionDate, string FacilityId, string ExternalId, decimal? Amount, string? Type, string? PaymentReference, string? DenialCode, string? Note);

internal static class ClaimEndpoints
{
    private const string Balance =
        """
        SELECT provider_id, claim_id, payer_id, facility_id, status, initial_net, current_net, total_payment, total_taken_back, total_denied, pending_amount
        FROM claims.balance_of($1, $2)
        """;

    private const string Activities =
        """
        SELECT activity_id, submitted, net_paid, taken_back, denied_amount, status
        FROM claims.activities_of($1, $2) ORDER BY activity_id
        """;

    private const string History =
        """
        SELECT is_submission, version, is_marked_resubmission, resubmission_type, transaction_date, facility_id, external_id, amount, payment_reference, denial_code
        FROM claims.history_of($1, $2) ORDER BY event_no
        """;

    public static void MapClaims(this WebApplication app) =>
        app.MapGet("/api/claims/{providerId}/{claimId}", GetAsync)
            .WithName("GetClaim")
            .WithSummary("One claim with the activities of its current version and its history. Encode a slash in an id as %2F.");

    private static async Task<Results<Ok<ClaimResponse>, NotFound>> GetAsync(
        string providerId, string claimId, [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database, CancellationToken cancellationToken)
    {
        // The server leaves an encoded slash as it is, since a plain one would divide the path.
        providerId = providerId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        claimId = claimId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

        // One snapshot for the three questions, so that a file stored in between cannot show in some of the answers only.
        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (string sql in new[] { Balance, Activities, History })
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = providerId }, new NpgsqlParameter<string> { TypedValue = claimId } },
            });
        }

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return TypedResults.NotFound();
        var claim = new ClaimResponse(
            providerId,
            claimId,
            reader.Text("payer_id"),
            reader.Text("facility_id"),
            reader.Text("status")!,
            reader.Amount("initial_net"),
            reader.Amount("current_net"),
            reader.Amount("total_payment"),
            reader.Amount("total_taken_back"),
            reader.Amount("total_denied"),
            reader.Amount("pending_amount"),
            [],
            []);

        var activities = new List<ActivityResponse>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            activities.Add(new ActivityResponse(
                reader.Text("activity_id")!,
                reader.Amount("submitted"),
                reader.Amount("net_paid"),
                reader.Amount("taken_back"),
                reader.Amount("denied_amount"),
                reader.Text("status")!));
        }

        var history = new List<HistoryEntry>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) history.Add(ReadEntry(reader));
        return TypedResults.Ok(claim with { Activities = activities, History = history });
    }

    private static HistoryEntry ReadEntry(NpgsqlDataReader reader)
    {
        bool isSubmission = reader.Number<bool>("is_submission");
        bool isMarked = reader.Number<bool>("is_marked_resubmission");
        bool isFirst = reader.Number<long>("version") == 1;
        string kind = !isSubmission ? "remittance" : isFirst && !isMarked ? "submission" : "resubmission";
        string? note = isSubmission && !isFirst && !isMarked
            ? "sent again without a Resubmission block; counts as a correction"
            : null;
        return new HistoryEntry(
            kind,
            reader.Number<DateTimeOffset>("transaction_date"),
            reader.Text("facility_id")!,
            reader.Text("external_id")!,
            reader.Amount("amount"),
            reader.Text("resubmission_type"),
            reader.Text("payment_reference"),
            reader.Text("denial_code"),
            note);
    }
}
