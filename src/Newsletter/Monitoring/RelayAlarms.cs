using Newsletter.Alarms;
using Newsletter.Deliveries;

namespace Newsletter.Monitoring;

/// <summary>Raises an alarm for each relay that a process has not reached for ten minutes.</summary>
public sealed class RelayAlarms(RelayAbsenceStore absences, AlarmRaising alarms)
{
    private static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    public async Task WatchAsync() => await alarms.SetAsync(AlarmKind.RelayAway, [.. (await absences.LastingAsync(After)).Select(Alarm)]);

    private static Alarm Alarm(RelayAbsence absence) => new()
    {
        Kind = AlarmKind.RelayAway,
        About = $"relay {absence.Relay}",
        Headline = $"The relay {absence.Relay} is unavailable",
        Sentence = FormattableString.Invariant($"Since {absence.Since:yyyy-MM-dd HH:mm} UTC no mail can be sent through {absence.Relay}: {absence.Reason}"),
        ToDo = "No mail is lost, and sending continues automatically when the relay is available again. 'newsletter doctor' tries it now.",
        Page = "/editor",
    };
}
