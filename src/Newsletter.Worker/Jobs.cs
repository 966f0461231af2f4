using System.Collections.Concurrent;
using Hangfire;
using Newsletter.Alarms;
using Newsletter.Lifecycle;
using Newsletter.Membership;
using Newsletter.Monitoring;
using Newsletter.Notices;
using Newsletter.Planning;
using Newsletter.Sending;

namespace Newsletter.Worker;

/// <summary>
/// What Hangfire calls. It decides when and where something runs, never whether it is due or has been done: that is a
/// row in our own tables, so a job that runs twice, or on two machines at once, changes nothing.
/// </summary>
public sealed class Jobs(
    DueEditions due, EditionSending sending, HistoryPacking packing, NoticeSending notices, SignUpQueue signUps, SignUpExpiry expiry,
    EditionAlarms editionAlarms, RelayAlarms relayAlarms, RestoreAlarms restoreAlarms, SignUpBrake brake, SignUpAlarms signUpAlarms,
    AlarmSending alarms, IBackgroundJobClient jobs, JobStorage storage)
{
    private static readonly TimeSpan SendFor = TimeSpan.FromMinutes(1);

    // One run of an edition uses all connections of this process: another beside it would only hold a worker.
    private readonly ConcurrentDictionary<long, bool> running = new();

    private int isPacking;
    private int isNoticing;
    private int isAlarming;

    public Task PlanDueAsync(CancellationToken stop) => due.PlanAsync(stop);

    /// <summary>Starts what is due, and sees that every worker has a send job for each sending edition.</summary>
    public async Task SendDueAsync()
    {
        var sendingNow = await due.StartAsync();
        var workers = storage.GetMonitoringApi().Servers().Count;
        foreach (var edition in sendingNow)
        {
            for (var i = 0; i < workers; i++)
            {
                jobs.Enqueue<Jobs>(job => job.SendAsync(edition, CancellationToken.None));
            }
        }
    }

    /// <summary>Claims, sends and records for at most a minute; the next minute's job goes on.</summary>
    public async Task SendAsync(long edition, CancellationToken stop)
    {
        if (!running.TryAdd(edition, true))
        {
            return;
        }
        try
        {
            await sending.RunAsync(edition, SendFor, stop);
        }
        catch (Refusal)
        {
            // The edition says what it waits for, and the next minute tries again: not a failed job.
        }
        finally
        {
            running.TryRemove(edition, out _);
        }
    }

    /// <summary>After an update there may be years to pack: one run at a time, or they would hold all workers.</summary>
    public async Task PackHistoryAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isPacking, 1) == 1)
        {
            return;
        }
        try
        {
            await packing.RunAsync(stop);
        }
        finally
        {
            Volatile.Write(ref isPacking, 0);
        }
    }

    public Task ExpireSignUpsAsync(CancellationToken stop) => expiry.RunAsync(stop);

    /// <summary>Raises what there is to raise, and tells it. A relay that does not answer holds it up: one run at a time.</summary>
    public async Task AlarmAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isAlarming, 1) == 1)
        {
            return;
        }
        try
        {
            // Editions and sign-ups in a restored database are old: they must not cause alarms.
            var isRestored = await restoreAlarms.WatchAsync();
            if (!isRestored)
            {
                await editionAlarms.WatchAsync();
            }
            await relayAlarms.WatchAsync();
            await alarms.RunAsync(stop);
            // This is last because it counts the sign-ups of a month: other alarms must not wait for it.
            await brake.WatchAsync();
            if (!isRestored)
            {
                await signUpAlarms.WatchAsync();
            }
        }
        finally
        {
            Volatile.Write(ref isAlarming, 0);
        }
    }

    /// <summary>Begun every few seconds, and a correction may take an hour: one run at a time, or they would hold all workers.</summary>
    public async Task SendNoticesAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isNoticing, 1) == 1)
        {
            return;
        }
        try
        {
            await signUps.ProcessAsync(stop);
            await notices.RunAsync(stop);
        }
        finally
        {
            Volatile.Write(ref isNoticing, 0);
        }
    }
}
