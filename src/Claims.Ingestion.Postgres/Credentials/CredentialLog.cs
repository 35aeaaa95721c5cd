using Microsoft.Extensions.Logging;

namespace Claims.Ingestion.Postgres.Credentials;

internal static partial class CredentialLog
{
    [LoggerMessage(5100, LogLevel.Information, "The credential of facility {FacilityId} was set", EventName = "CredentialSet")]
    public static partial void CredentialSet(this ILogger logger, string facilityId);

    [LoggerMessage(5101, LogLevel.Information, "The credential of facility {FacilityId} was removed", EventName = "CredentialRemoved")]
    public static partial void CredentialRemoved(this ILogger logger, string facilityId);

    [LoggerMessage(5102, LogLevel.Information, "{Count} credentials were protected anew", EventName = "CredentialsReprotected")]
    public static partial void CredentialsReprotected(this ILogger logger, int count);

    [LoggerMessage(5103, LogLevel.Warning, "The credential of facility {FacilityId} cannot be decrypted, so it was not protected anew", EventName = "CredentialUnreadable")]
    public static partial void CredentialUnreadable(this ILogger logger, string facilityId);
}
