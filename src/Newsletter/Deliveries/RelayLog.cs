using Microsoft.Extensions.Logging;

namespace Newsletter.Deliveries;

/// <summary>Log messages about relays. Their event ids, names and fields are stable.</summary>
internal static partial class RelayLog
{
    [LoggerMessage(2001, LogLevel.Warning, "Relay {Relay} is unavailable: {Reason}")]
    public static partial void RelayAway(ILogger log, string relay, string reason);

    [LoggerMessage(2002, LogLevel.Information, "Relay {Relay} is back after {Seconds} s")]
    public static partial void RelayBack(ILogger log, string relay, long seconds);

    [LoggerMessage(2003, LogLevel.Error, "The certificate of relay {Relay} is not valid ({Problem}): {Reason}")]
    public static partial void RelayCertificateWrong(ILogger log, string relay, string problem, string reason);
}
