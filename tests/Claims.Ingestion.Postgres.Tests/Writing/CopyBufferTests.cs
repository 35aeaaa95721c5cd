using System.Buffers.Binary;
using System.Globalization;
using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Writing;

/// <summary>What is encoded is what the server reads, told by the server's own text forms.</summary>
public sealed class CopyBufferTests : IAsyncLifetime
{
    private ClaimsDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await ClaimsDatabase.CreateAsync();
        await _database.ExecuteAsync("CREATE TABLE claims.probe (no integer, number numeric, words text, at timestamptz, bytes bytea, list text[], yes boolean, big bigint, id uuid)");
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Numbers_OfEverySizeAndScale_KeepEveryDigit()
    {
        decimal[] numbers =
        [
            0m, 0.0m, 0.00m, 1m, -1m, 1.50m, 0.5m, 0.05m, 0.0005m, 0.00005m, 9999m, 10_000m, 10_001m, 99_999_999m, 100_000_000m, 0.0001m, 12.3456m, 12.34567m, -0.3333m,
            decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, -7.9228162514264337593543950335m, 100_000_000_000.00000000000000001m, 1.000000000000000m,
            1.0000000000000000m, 18446744073709551615m, 18446744073709551616m, 1844674407370955161.5m, 999999999999.999999999999999m,
            .. Enumerable.Range(0, 2000).Select(Random),
        ];
        await CopyAsync(numbers.Length, (row, i) => Row(row, i, number: numbers[i]));

        Assert.Equal(numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)), await ColumnAsync("number::text"));
        Assert.Equal(numbers.Length, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.probe WHERE number = number::text::numeric"));
    }

    [Fact]
    public async Task Texts_OfAnyLength_AreReadBack()
    {
        string?[] texts = [null, "", "a", "Cough & fever", "\u0623\u0644\u0645", "\U0001F489 \u00e9", new string('x', 65_530), new string('\u0645', 70_000), .. Enumerable.Range(0, 300).Select(n => new string((char)('a' + (n % 26)), n * 7))];
        await CopyAsync(texts.Length, (row, i) => Row(row, i, words: texts[i]));

        Assert.Equal(texts, await ColumnAsync("words"));
    }

    [Fact]
    public async Task OtherTypes_AreReadBack()
    {
        var at = new DateTimeOffset(2024, 2, 29, 23, 59, 58, TimeSpan.FromHours(4)).AddTicks(12_345_670);
        await CopyAsync(2, (row, i) => Row(row, i, at: i == 0 ? at : new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero), bytes: i == 0 ? [0, 1, 255] : [], list: i == 0 ? ["a", "b \"c\""] : [], yes: i == 0, big: i == 0 ? long.MaxValue : long.MinValue, id: i == 0 ? new Guid("01020304-0506-0708-090a-0b0c0d0e0ff0") : null));

        Assert.Equal(["2024-02-29 19:59:59.234567+00", "1900-01-01 00:00:00+00"], await ColumnAsync("(at AT TIME ZONE 'UTC')::text || '+00'"));
        Assert.Equal([@"\x0001ff", @"\x"], await ColumnAsync("bytes::text"));
        Assert.Equal(["""{a,"b \"c\""}""", "{}"], await ColumnAsync("list::text"));
        Assert.Equal(["01020304-0506-0708-090a-0b0c0d0e0ff0", null], await ColumnAsync("id::text"));
        Assert.Equal(["true 9223372036854775807", "false -9223372036854775808"], await ColumnAsync("yes::text || ' ' || big"));
    }

    [Fact]
    public async Task Send_RowsBeyondOnePiece_ArriveInOrder()
    {
        await CopyAsync(20_000, (row, i) => Row(row, i, words: "0123456789"));

        Assert.Equal("20000 199990000", await _database.ScalarAsync<string>("SELECT count(*) || ' ' || sum(no) FROM claims.probe"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)] // The server refuses while megabytes are still on their way.
    public async Task Send_RowsThatTheServerRefuses_ThrowsItsError(int rows)
    {
        await _database.ExecuteAsync("ALTER TABLE claims.probe ADD CHECK (no < 5)");

        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => CopyAsync(rows, (row, i) => Row(row, i)));

        Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        Assert.Equal(0, await _database.ScalarAsync<long>("SELECT count(*) FROM claims.probe"));
    }

    [Fact]
    public void Find_RowOfAnyPiece_IsThatRow_AndNoneIsBeyondTheEnds()
    {
        const int Rows = 3000;
        using var written = new RowWriter();
        using var buffer = new CopyBuffer();
        for (int i = 0; i < Rows; i++) Row(written, i, words: new string('x', i % 200), big: i % 3 == 0 ? null : i);
        foreach (EncodedRow row in written) buffer.Add(row.Bytes);

        // The number stands behind the number of fields and its own length.
        Assert.All(Enumerable.Range(0, Rows), i => Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian(buffer.Find(i + 1)[6..])));
        Assert.True(buffer.Find(0).IsEmpty && buffer.Find(Rows + 1).IsEmpty);
        buffer.Clear();
        Assert.True(buffer.Find(1).IsEmpty);
        Assert.Equal((0, 0L), (buffer.Rows, buffer.Length));
    }

    [Fact]
    public void Written_RowsOfSeveralTables_AreReadBackInTheirOrder_AgainAndAgain()
    {
        using var written = new RowWriter();
        int[] lengths = [0, 1, 100, 16_000, 17_000, 5, 200_000, 3, 16_384, 70];
        for (int i = 0; i < lengths.Length; i++)
        {
            written.StartRow(i % 3, 2);
            written.Write(i);
            written.Write(new byte[lengths[i]]);
        }

        for (int time = 0; time < 2; time++)
        {
            var rows = new List<(int, int, int)>();
            foreach (EncodedRow row in written) rows.Add((row.Table, BinaryPrimitives.ReadInt32BigEndian(row.Bytes[6..]), row.Bytes.Length));
            Assert.Equal(lengths.Select((length, i) => (i % 3, i, 14 + length)), rows);
        }

        Assert.Throws<ObjectDisposedException>(() =>
        {
            written.Dispose();
            written.GetEnumerator();
        });
    }

    private static decimal Random(int seed)
    {
        var random = new Random(seed);
        bool isShort = random.Next(2) == 0;
        return new decimal(random.Next(), isShort ? 0 : random.Next(), isShort ? 0 : random.Next(), random.Next(2) == 0, (byte)random.Next(29));
    }

    private static void Row(
        RowWriter row, int no, decimal? number = null, string? words = null, DateTimeOffset? at = null, byte[]? bytes = null, IReadOnlyList<string>? list = null, bool yes = false, long? big = null, Guid? id = null)
    {
        row.StartRow(table: 0, 9);
        row.Write(no);
        row.Write(number);
        row.Write(words);
        row.Write(at);
        row.Write(bytes);
        row.Write(list ?? []);
        row.Write(yes);
        row.Write(big);
        row.Write(id);
    }

    private async Task CopyAsync(int rows, Action<RowWriter, int> write)
    {
        using var written = new RowWriter();
        using var buffer = new CopyBuffer();
        for (int i = 0; i < rows; i++) write(written, i);
        foreach (EncodedRow row in written) buffer.Add(row.Bytes);
        await using NpgsqlConnection connection = await _database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await buffer.SendAsync(connection, "probe (no, number, words, at, bytes, list, yes, big, id)", TestContext.Current.CancellationToken);
        Assert.Equal(rows, buffer.Rows);
    }

    private async Task<List<string?>> ColumnAsync(string expression)
    {
        await using NpgsqlCommand command = _database.DataSource.CreateCommand($"SELECT {expression} FROM claims.probe ORDER BY no");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var values = new List<string?>();
        while (await reader.ReadAsync()) values.Add(reader.IsDBNull(0) ? null : reader.GetString(0));
        return values;
    }
}
