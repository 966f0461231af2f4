using System.Collections.Concurrent;
using System.Diagnostics;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.Faults;

/// <summary>Counts mails by whom they are for, and keeps none.</summary>
internal sealed class MailTally : IMailKeeper
{
    private readonly ConcurrentDictionary<string, int> counts = new();
    private int total;
    private long firstAt;
    private long lastAt;

    /// <summary>Mails that came.</summary>
    public int Total => Volatile.Read(ref total);

    /// <summary>Readers that got at least one.</summary>
    public int Readers => counts.Count;

    /// <summary>Mails beyond the first of each reader.</summary>
    public int Duplicates => counts.Values.Sum(count => count - 1);

    /// <summary>Mails a second, from the first to the last.</summary>
    public double Rate => Total / Stopwatch.GetElapsedTime(firstAt, lastAt).TotalSeconds;

    public int Of(string email) => counts.GetValueOrDefault(email);

    public ValueTask KeepAsync(CaughtMail mail)
    {
        counts.AddOrUpdate(mail.Recipients[0], 1, (_, count) => count + 1);
        lastAt = Stopwatch.GetTimestamp();
        if (Interlocked.Increment(ref total) == 1)
        {
            firstAt = lastAt;
        }
        return ValueTask.CompletedTask;
    }

    /// <exception cref="TimeoutException">Fewer came within two minutes.</exception>
    public async Task UntilAsync(int mails)
    {
        for (var started = Stopwatch.GetTimestamp(); Total < mails; await Task.Delay(5))
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"{Total} mails came, and {mails} were waited for.");
            }
        }
    }
}
