using Microsoft.Extensions.Logging;

namespace Newsletter.Monitoring;

/// <summary>Log messages about editions. Their event ids, names and fields are stable.</summary>
internal static partial class EditionLog
{
    [LoggerMessage(1001, LogLevel.Information, "Edition {Edition} of {Digest} was started by {By}, planned for {Readers} readers")]
    public static partial void EditionBegun(ILogger log, long edition, string digest, string by, int readers);

    [LoggerMessage(1002, LogLevel.Information, "Edition {Edition} was paused by {By}")]
    public static partial void EditionPaused(ILogger log, long edition, string by);

    [LoggerMessage(1003, LogLevel.Error, "Edition {Edition} paused itself: {Reason}")]
    public static partial void EditionPausedItself(ILogger log, long edition, string reason);

    [LoggerMessage(1004, LogLevel.Information, "Edition {Edition} was resumed by {By}")]
    public static partial void EditionResumed(ILogger log, long edition, string by);

    [LoggerMessage(1005, LogLevel.Information, "Edition {Edition} was cancelled by {By}")]
    public static partial void EditionCancelled(ILogger log, long edition, string by);

    [LoggerMessage(1006, LogLevel.Information,
        "Edition {Edition} of {Digest} is finished: {Planned} planned, {Sent} sent, {Failed} failed, {Uncertain} uncertain, {Skipped} skipped, "
        + "{Deferred} deferred in {Seconds} s, {MessagesPerSecond} per second")]
    public static partial void EditionFinished(
        ILogger log, long edition, string digest, long planned, long sent, long failed, long uncertain, long skipped, long deferred,
        double seconds, double messagesPerSecond);

    [LoggerMessage(1007, LogLevel.Warning, "Edition {Edition} of {Digest} was missed")]
    public static partial void EditionMissed(ILogger log, long edition, string digest);

    [LoggerMessage(1008, LogLevel.Information, "Edition {Edition} was {Step} by {By}")]
    public static partial void EditionStep(ILogger log, long edition, string step, string by);

    [LoggerMessage(1009, LogLevel.Warning, "Edition {Edition} waits: {Reason}")]
    public static partial void EditionWaits(ILogger log, long edition, string reason);

    [LoggerMessage(1010, LogLevel.Information, "Edition {Edition}: {Count} deliveries {Outcome} with {Class} within {Seconds} s")]
    public static partial void DeliveriesEnded(ILogger log, long edition, long count, string outcome, string @class, long seconds);
}
