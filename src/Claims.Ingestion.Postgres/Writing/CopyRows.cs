using Claims.Ingestion.Reading;
using Npgsql;
using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>A slice and the file that it is from.</summary>
internal readonly record struct FileSlice(long FileId, string FacilityId, ClaimSlice Slice);

/// <summary>One COPY into one table of the schema, begun with its first row.</summary>
internal sealed class CopyRows(NpgsqlConnection connection, string target) : IAsyncDisposable
{
    private NpgsqlBinaryImporter? _importer;
    private ulong _started;

    public NpgsqlBinaryImporter Start(long fileId, int claimNo)
    {
        _importer ??= connection.BeginBinaryImport($"COPY claims.{target} FROM STDIN (FORMAT BINARY)");
        _importer.StartRow();
        _importer.Write(fileId, NpgsqlDbType.Bigint);
        _importer.Write(claimNo, NpgsqlDbType.Integer);
        _started++;
        return _importer;
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_importer is null) return;
        ulong copied = await _importer.CompleteAsync(cancellationToken);
        if (copied != _started) throw new InvalidOperationException($"COPY into {target} took {copied} of {_started} rows.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_importer is not null) await _importer.DisposeAsync();
    }
}

internal static class CopyValueExtensions
{
    public static void WriteText(this NpgsqlBinaryImporter row, string? value)
    {
        if (value is null) row.WriteNull();
        else row.Write(value, NpgsqlDbType.Text);
    }

    public static void WriteTime(this NpgsqlBinaryImporter row, DateTimeOffset? value)
    {
        if (value is { } time) row.Write(time.UtcDateTime, NpgsqlDbType.TimestampTz);
        else row.WriteNull();
    }

    public static void WriteNumber(this NpgsqlBinaryImporter row, decimal? value)
    {
        if (value is { } number) row.Write(number, NpgsqlDbType.Numeric);
        else row.WriteNull();
    }

    public static void WriteBytes(this NpgsqlBinaryImporter row, byte[]? value)
    {
        if (value is null) row.WriteNull();
        else row.Write(value, NpgsqlDbType.Bytea);
    }
}
