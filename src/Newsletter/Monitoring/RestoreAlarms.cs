using Newsletter.Alarms;
using Newsletter.Restores;

namespace Newsletter.Monitoring;

/// <summary>Raises an alarm while a restore holds sending. Alarm mails are sent nevertheless: operators must know.</summary>
public sealed class RestoreAlarms(SendingGuard guard, AlarmRaising alarms)
{
    private static readonly Alarm Restored = new()
    {
        Kind = AlarmKind.Restored,
        About = "database",
        Headline = "The database was restored, and nothing is sent",
        Sentence = "The database was restored from a copy, which has no record of mails sent after it was made.",
        ToDo = "'newsletter restore status' shows what would be sent, 'newsletter restore confirm' allows it.",
        Page = "/editor",
    };

    /// <returns>Whether sending is held.</returns>
    public async Task<bool> WatchAsync()
    {
        var isHeld = await guard.IsHeldAsync();
        await alarms.SetAsync(AlarmKind.Restored, isHeld ? [Restored] : []);
        return isHeld;
    }
}
