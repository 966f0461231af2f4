using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;

namespace Newsletter.Alarms;

/// <summary>Raises alarms, each once for its cause, and ends them: after that the same cause raises the next.</summary>
public sealed class AlarmRaising(AlarmStore store, IOptions<AlarmOptions> options, ILogger<AlarmRaising> log)
{
    /// <summary>A row, and no more: a worker tells it within a minute, also while sending to readers is held.</summary>
    public async Task RaiseAsync(Alarm alarm)
    {
        alarm = alarm with { Headline = Redaction.Of(alarm.Headline), Sentence = Redaction.Of(alarm.Sentence) };
        if (await store.RaiseAsync(alarm, withWebhook: options.Value.Webhook is not null))
        {
            AlarmLog.AlarmRaised(log, alarm.Kind, alarm.About, alarm.Sentence);
        }
    }

    /// <summary>The cause is gone. Nothing is wrong when there was no such alarm.</summary>
    public async Task EndAsync(string kind, string about)
    {
        if (await store.EndAsync(kind, about))
        {
            AlarmLog.AlarmOver(log, kind, about);
        }
    }

    /// <summary>All alarms of a kind that there are now: new ones are raised, and the others have ended.</summary>
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
