using Microsoft.Extensions.Logging;

namespace Newsletter.Membership;

/// <summary>Log messages about sign-ups. Event numbers, names and fields must not change: operators may filter by them.</summary>
internal static partial class SignUpLog
{
    [LoggerMessage(
        6001, LogLevel.Warning, "New sign-ups are held: {Limit} came within an hour, many times more than usual; see 'newsletter sign-ups status'")]
    public static partial void SignUpsHeld(ILogger log, long limit);

    [LoggerMessage(6002, LogLevel.Information, "New sign-ups are no longer held: the last hour had no more than usual")]
    public static partial void SignUpsPass(ILogger log);

    [LoggerMessage(6003, LogLevel.Information, "{Count} sign-ups that were held were {What}")]
    public static partial void SignUpsDecided(ILogger log, int count, string what);

    [LoggerMessage(6004, LogLevel.Warning, "Sign-ups wait: {Reason}")]
    public static partial void SignUpsWait(ILogger log, string reason);

    [LoggerMessage(6005, LogLevel.Error, "A sign-up could not be handled and is dropped: {Reason}")]
    public static partial void SignUpDropped(ILogger log, string reason);

    [LoggerMessage(6006, LogLevel.Error, "A sign-up failed and is tried again in a minute, for a day: {Reason}")]
    public static partial void SignUpFailed(ILogger log, string reason);
}
