using System.Globalization;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace ReferenceHost.Api;

/// <summary>A claim file in the ledger.</summary>
internal sealed record FileRow(
    long Id,
    string FacilityId,
    string ExternalId,
    string Name,
    string? Kind,
    string Status,
    int ClaimCount,
    int LeftOutCount,
    string? Error,
    IReadOnlyList<string> Warnings,
    DateTimeOffset ReceivedAt,
    DateTimeOffset StoredAt);

internal static class FileEndpoints
{
    private static readonly string[] Statuses = ["stored", "quarantined", "skipped"];

    public static void MapFiles(this WebApplication app) =>
        app.MapGet("/api/files", GetAsync)
            .WithName("GetFiles")
            .WithSummary("The ledger of claim files, newest first; filter by facility and status.");

    private static async Task<Results<Ok<Page<FileRow>>, ProblemHttpResult>> GetAsync(
        [FromKeyedServices(DataSourceRole.Api)] RoleDataSource database,
        CancellationToken cancellationToken,
        string? facility = null,
        string? status = null,
        string? cursor = null,
        int limit = 100)
    {
        long? after = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!Cursor.TryDecode(cursor, out string?[] key) || key is not [{ } id] || !long.TryParse(id, CultureInfo.InvariantCulture, out long before)) return Problems.BadCursor();
            after = before;
        }

        if (limit is < 1 or > 1000) return Problems.BadLimit(limit);
        if (status is not null && !Statuses.Contains(status))
            return Problems.Bad("status", $"status is '{status}'; it must be one of {string.Join(", ", Statuses)}.");

        await using NpgsqlConnection connection = await database.OpenReadAsync(cancellationToken: cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT id, facility_id, external_id, name, kind, status, claim_count, left_out_count, error, warnings, received_at, stored_at
            FROM claims.claim_file
            WHERE ($1 IS NULL OR facility_id = $1) AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = facility });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = status });
        command.Parameters.Add(new NpgsqlParameter { Value = after ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var rows = new List<FileRow>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new FileRow(
                reader.Number<long>("id"),
                reader.Text("facility_id")!,
                reader.Text("external_id")!,
                reader.Text("name")!,
                reader.Text("kind"),
                reader.Text("status")!,
                reader.Number<int>("claim_count"),
                reader.Number<int>("left_out_count"),
                reader.Text("error"),
                reader.Value<string[]>("warnings")!,
                reader.Number<DateTimeOffset>("received_at"),
                reader.Number<DateTimeOffset>("stored_at")));
        }

        return TypedResults.Ok(new Page<FileRow>(rows, rows.Count == limit ? Cursor.Encode(rows[^1].Id.ToString(CultureInfo.InvariantCulture)) : null));
    }
}
