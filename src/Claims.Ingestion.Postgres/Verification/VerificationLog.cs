using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Verification;

internal static partial class VerificationLog
{
    [LoggerMessage(5020, LogLevel.Error, "Rows and ledger do not agree in {Count} points, in the files with the ids {FileIds}; claims.verification_finding says which", EventName = "DiscrepanciesFound")]
    public static partial void DiscrepanciesFound(this ILogger logger, int count, string fileIds);

    [LoggerMessage(5021, LogLevel.Warning, "Files could not be verified; it is tried again at the next pass: {Reason}", EventName = "VerificationFailed")]
    public static partial void VerificationFailed(this ILogger logger, string reason);
}
