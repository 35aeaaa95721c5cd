using System.Globalization;

namespace Claims.Ingestion.Postgres.Partitions;

/// <summary>The month in the id of a file, as months since January of the year 0, UTC. <c>claims.first_file_id</c> puts it there.</summary>
internal static class FileMonth
{
    private const int Shift = 36;

    public static long Of(long fileId) => fileId >> Shift;

    public static string Name(long month) => string.Create(CultureInfo.InvariantCulture, $"{month / 12:0000}-{(month % 12) + 1:00}");
}
