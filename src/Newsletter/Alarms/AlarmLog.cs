using Microsoft.Extensions.Logging;

namespace Newsletter.Alarms;

/// <summary>Log messages about alarms. Event ids, names and fields are stable: do not change them.</summary>
internal static partial class AlarmLog
{
    [LoggerMessage(3001, LogLevel.Error, "Alarm {Kind} about {About}: {Sentence}")]
    public static partial void AlarmRaised(ILogger log, string kind, string about, string sentence);

    [LoggerMessage(3002, LogLevel.Information, "Alarm {Kind} about {About} is over")]
    public static partial void AlarmOver(ILogger log, string kind, string about);

    [LoggerMessage(3003, LogLevel.Warning, "Alarm {Alarm} could not be delivered by {Channel} and will be retried: {Reason}")]
    public static partial void AlarmWaits(ILogger log, long alarm, string channel, string reason);

    [LoggerMessage(3004, LogLevel.Error, "Alarm {Alarm} cannot be delivered by {Channel}: {Reason}")]
    public static partial void AlarmUndeliverable(ILogger log, long alarm, string channel, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "{Messages} alarm messages were discarded after a day without delivery")]
    public static partial void AlarmsExpired(ILogger log, int messages);
}
