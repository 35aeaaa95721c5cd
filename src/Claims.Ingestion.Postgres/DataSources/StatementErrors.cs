using System.Collections.Concurrent;
using System.Diagnostics;
using Claims.Ingestion.Postgres.Writing;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>
/// Npgsql's spans of failed statements repeat the server's words, and those quote values. Where the statement is one of the library's data sources, the span gets the library's own description
/// of the error instead.
/// </summary>
internal static class StatementErrors
{
    private const string DataSourceTag = "db.npgsql.data_source";

    private static readonly ConcurrentDictionary<string, byte> _dataSources = new(StringComparer.Ordinal);

    // It samples nothing: whether there are spans is for others to say.
    private static readonly ActivityListener _listener = new() { ShouldListenTo = source => source.Name == "Npgsql", ExceptionRecorder = Describe };

    /// <summary>From now on the errors of this data source are described.</summary>
    public static void DescribeIn(string dataSource)
    {
        if (_dataSources.IsEmpty) ActivitySource.AddActivityListener(_listener);
        _dataSources.TryAdd(dataSource, 0);
    }

    private static void Describe(Activity span, Exception exception, ref TagList tags)
    {
        if ((exception as PostgresException ?? exception.InnerException as PostgresException) is not { } report) return;
        if (span.GetTagItem(DataSourceTag) is not string dataSource || !_dataSources.ContainsKey(dataSource)) return;
        tags.Add("exception.message", StoreErrors.Reason(report));
        tags.Add("exception.stacktrace", exception.StackTrace ?? "");
    }
}
