using System.Diagnostics.Metrics;

namespace Claims.Ingestion.EClaimLink;

/// <summary>What is counted. Facilities are not told apart: the logs do.</summary>
internal sealed class EClaimLinkMetrics
{
    public const string MeterName = "Claims.Ingestion.EClaimLink";
    public const string OperationTag = "claims.operation";
    public const string ResultTag = "claims.result";

    private readonly Counter<long> _calls;
    private readonly Counter<long> _unknownCodes;
    private readonly Counter<long> _damagedEntries;

    public EClaimLinkMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _calls = meter.CreateCounter<long>("claims.eclaimlink.calls", "{call}", "Tries of calls by operation and result: the result code, or a word for why there was none.");
        _unknownCodes = meter.CreateCounter<long>("claims.eclaimlink.unknown_codes", "{call}", "Answers with a result code that is not known.");
        _damagedEntries = meter.CreateCounter<long>("claims.eclaimlink.damaged_entries", "{file}", "Entries of listings that name no file.");
    }

    public void CallEnded(string operation, string result) => _calls.Add(1, new(OperationTag, operation), new(ResultTag, result));

    public void UnknownCode(string operation, string code) => _unknownCodes.Add(1, new(OperationTag, operation), new(ResultTag, code));

    public void DamagedEntries(int count) => _damagedEntries.Add(count);
}
