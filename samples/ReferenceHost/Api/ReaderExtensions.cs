using Npgsql;

namespace ReferenceHost.Api;

internal static class ReaderExtensions
{
    public static string? Text(this NpgsqlDataReader reader, string column) => reader.Value<string>(column);

    public static decimal? Amount(this NpgsqlDataReader reader, string column)
    {
        int at = reader.GetOrdinal(column);
        return reader.IsDBNull(at) ? null : reader.GetDecimal(at);
    }

    public static DateTimeOffset? Time(this NpgsqlDataReader reader, string column)
    {
        int at = reader.GetOrdinal(column);
        return reader.IsDBNull(at) ? null : reader.GetFieldValue<DateTimeOffset>(at);
    }

    public static T? Value<T>(this NpgsqlDataReader reader, string column)
        where T : class
    {
        int at = reader.GetOrdinal(column);
        return reader.IsDBNull(at) ? null : reader.GetFieldValue<T>(at);
    }

    public static T Number<T>(this NpgsqlDataReader reader, string column)
        where T : struct =>
        reader.GetFieldValue<T>(reader.GetOrdinal(column));
}
