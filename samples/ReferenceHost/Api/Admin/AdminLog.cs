namespace ReferenceHost.Api.Admin;

internal static partial class AdminLog
{
    [LoggerMessage(9100, LogLevel.Warning, "A wrong key for actions was shown from {Address}", EventName = "KeyWrong")]
    public static partial void KeyWrong(this ILogger logger, string address);

    [LoggerMessage(9101, LogLevel.Warning, "A key for actions was not looked at: too many wrong ones came from {Address} within a minute", EventName = "KeyNotLookedAt")]
    public static partial void KeyNotLookedAt(this ILogger logger, string address);

    [LoggerMessage(9102, LogLevel.Information, "{Name} signed in for actions from {Address}", EventName = "SignedIn")]
    public static partial void SignedIn(this ILogger logger, string name, string address);
}
