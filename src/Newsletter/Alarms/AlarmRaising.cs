using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;

namespace Newsletter.Alarms;

/// <summary>Raises alarms, once per cause, and ends them. After its end, the same cause raises a new alarm.</summary>
public sealed class AlarmRaising(AlarmStore store, IOptions<AlarmOptions> options, ILogger<AlarmRaising> log)
{
    /// <summary>Only inserts rows: a worker delivers the alarm within a minute, even while sending to readers is blocked.</summary>
    public async Task RaiseAsync(Alarm alarm)
    {
        alarm = alarm with { Headline = Redaction.Of(alarm.Headline), Sentence = Redaction.Of(alarm.Sentence) };
        if (await store.RaiseAsync(alarm, withWebhook: options.Value.Webhook is not null))
        {
            AlarmLog.AlarmRaised(log, alarm.Kind, alarm.About, alarm.Sentence);
        }
    }

    /// <summary>Ends an alarm whose cause is gone. Does nothing if no such alarm is open.</summary>
    public async Task EndAsync(string kind, string about)
    {
        if (await store.EndAsync(kind, about))
        {
            AlarmLog.AlarmOver(log, kind, about);
        }
    }

    /// <summary>Replaces the open alarms of a kind by the given ones: raises the new ones, and ends all others.</summary>
    public async Task SetAsync(string kind, IReadOnlyCollection<Alarm> alarms)
    {
        foreach (var alarm in alarms)
        {
            await RaiseAsync(alarm);
        }
        foreach (var about in await store.EndOthersAsync(kind, [.. alarms.Select(alarm => alarm.About)]))
        {
            AlarmLog.AlarmOver(log, kind, about);
        }
    }
}
