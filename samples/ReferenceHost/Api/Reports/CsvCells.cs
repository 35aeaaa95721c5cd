using Npgsql;

namespace ReferenceHost.Api.Reports;

/// <summary>How the values of a column become cells: as in JSON, so that both say the same.</summary>
internal static class CsvCells
{
    /// <summary>What writes the values of a type.</summary>
    public static Action<NpgsqlDataReader, int, CsvBuffer> For(Type type) => type switch
    {
        _ when type == typeof(string) => (reader, i, buffer) => buffer.Text(reader.GetString(i)),
        _ when type == typeof(decimal) => (reader, i, buffer) => buffer.Plain(reader.GetDecimal(i), ""),
        _ when type == typeof(long) => (reader, i, buffer) => buffer.Plain(reader.GetInt64(i), ""),
        _ when type == typeof(int) => (reader, i, buffer) => buffer.Plain(reader.GetInt32(i), ""),
        _ when type == typeof(DateOnly) => (reader, i, buffer) => buffer.Plain(reader.GetFieldValue<DateOnly>(i), "yyyy-MM-dd"),
        _ when type == typeof(DateTime) => (reader, i, buffer) => buffer.Plain(reader.GetFieldValue<DateTimeOffset>(i), "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz"),
        _ when typeof(Array).IsAssignableFrom(type) => (reader, i, buffer) => buffer.Text(string.Join(';', reader.GetFieldValue<string[]>(i))),
        _ => throw new NotSupportedException($"There is no form for a cell of {type}."),
    };
}
