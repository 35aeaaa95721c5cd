using Claims.Measuring;
using Npgsql;

namespace Claims.Benchmarks.Writing;

/// <summary>Sums up what was stored, to be found in the tables at the end.</summary>
internal sealed class StoredTotals
{
    private const string Query =
        """
        SELECT (SELECT count(*) FROM claims.claim_file WHERE status = 'stored'),
               (SELECT count(*) FROM claims.claim),
               (SELECT count(*) FROM claims.activity),
               (SELECT coalesce(sum(gross), 0) FROM claims.claim)
        """;

    private long _files;
    private long _claims;
    private long _activities;
    private decimal _gross;

    public void Add(Batch batch)
    {
        _files += batch.Files.Count;
        _claims += batch.Claims;
        _activities += batch.Activities;
        _gross += batch.Gross;
    }

    public async Task CheckAsync(BenchmarkDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Query, connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        Check.Equal("the number of rows in claim_file", _files, row.GetInt64(0));
        Check.Equal("the number of rows in claim", _claims, row.GetInt64(1));
        Check.Equal("the number of rows in activity", _activities, row.GetInt64(2));
        Check.Equal("the sum of gross in claim", _gross, row.GetDecimal(3));
    }
}
