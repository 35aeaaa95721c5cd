using System.Text.Json;
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
    private const string Sql =
        """
        SELECT (c.balance).payer_id, (c.balance).facility_id, (c.balance).status, (c.balance).initial_net, (c.balance).current_net, (c.balance).total_payment, (c.balance).total_taken_back,
               (c.balance).total_denied, (c.balance).pending_amount, c.activities, c.history
        FROM claims.claim_of($1, $2) c
        """;

    private static readonly JsonSerializerOptions OfDatabase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

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

        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = providerId }, new NpgsqlParameter<string> { TypedValue = claimId } },
        };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return TypedResults.NotFound();
        return TypedResults.Ok(new ClaimResponse(
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
            JsonSerializer.Deserialize<ActivityResponse[]>(reader.Text("activities")!, OfDatabase)!,
            [.. JsonSerializer.Deserialize<HistoryRow[]>(reader.Text("history")!, OfDatabase)!.Select(EntryOf)]));
    }

    private static HistoryEntry EntryOf(HistoryRow row)
    {
        bool isFirst = row.Version == 1;
        string kind = !row.IsSubmission ? "remittance" : isFirst && !row.IsMarkedResubmission ? "submission" : "resubmission";
        string? note = row.IsSubmission && !isFirst && !row.IsMarkedResubmission
            ? "sent again without a Resubmission block; counts as a correction"
            : null;
        return new HistoryEntry(
            kind, row.TransactionDate.ToUniversalTime(), row.FacilityId, row.ExternalId, row.Amount, row.ResubmissionType, row.PaymentReference, row.DenialCode, note);
    }

    /// <summary>A row of <c>claims.claim_history</c>.</summary>
    private sealed record HistoryRow(
        bool IsSubmission, long Version, bool IsMarkedResubmission, string? ResubmissionType, DateTimeOffset TransactionDate, string FacilityId, string ExternalId, decimal? Amount,
        string? PaymentReference, string? DenialCode);
}
