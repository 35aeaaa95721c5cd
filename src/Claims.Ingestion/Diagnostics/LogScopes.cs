using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Diagnostics;

/// <summary>What log entries are about, for those that do not say so themselves.</summary>
internal static class LogScopes
{
    private static readonly Func<ILogger, string, Guid, IDisposable?> _poll = LoggerMessage.DefineScope<string, Guid>("Facility {FacilityId}, poll {PollId}");
    private static readonly Func<ILogger, string, string, IDisposable?> _file = LoggerMessage.DefineScope<string, string>("Facility {FacilityId}, file {ExternalId}");
    private static readonly Func<ILogger, int, IDisposable?> _batch = LoggerMessage.DefineScope<int>("Batch of {Files} files");

    public static IDisposable? AboutPoll(this ILogger logger, string facilityId, Guid pollId) => _poll(logger, facilityId, pollId);

    public static IDisposable? AboutFile(this ILogger logger, string facilityId, string externalId) => _file(logger, facilityId, externalId);

    public static IDisposable? AboutBatch(this ILogger logger, int files) => _batch(logger, files);
}
