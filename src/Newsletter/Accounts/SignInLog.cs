using Microsoft.Extensions.Logging;

namespace Newsletter.Accounts;

/// <summary>Log messages about sign-in. Event numbers, names and fields must not change: operators may filter by them.</summary>
internal static partial class SignInLog
{
    [LoggerMessage(4001, LogLevel.Warning, "A try to sign in as editor {Editor} failed, from {Client}")]
    public static partial void SignInFailed(ILogger log, int editor, string client);

    [LoggerMessage(
        4002, LogLevel.Warning, "Too many tries to sign in as editor {Editor} from {Client}: more of them are refused for up to {Minutes} minutes")]
    public static partial void SignInLocked(ILogger log, int editor, string client, int minutes);

    [LoggerMessage(
        4003, LogLevel.Error,
        "{Tries} tries to sign in as editor {Editor} failed within {Minutes} minutes, from several networks: each network now has fewer tries")]
    public static partial void SignInsSlowed(ILogger log, int editor, int tries, int minutes);
}
