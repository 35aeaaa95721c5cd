using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Partitions;

internal static partial class PartitionLog
{
    [LoggerMessage(5010, LogLevel.Information, "Made {Count} partitions for the months to come", EventName = "PartitionsMade")]
    public static partial void PartitionsMade(this ILogger logger, int count);

    [LoggerMessage(5011, LogLevel.Error, "The upkeep of the partitions failed; it is tried again in an hour: {Reason}", EventName = "PartitionUpkeepFailed")]
    public static partial void PartitionUpkeepFailed(this ILogger logger, string reason);

    [LoggerMessage(5012, LogLevel.Information, "Removed {Partition}: its month is kept no longer", EventName = "PartitionRemoved")]
    public static partial void PartitionRemoved(this ILogger logger, string partition);
}
