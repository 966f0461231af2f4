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
/// The methods that Hangfire calls. Hangfire decides when and where a job runs, but not whether work is due or done: that is stored in
/// our own tables, so jobs are idempotent and may run twice, or concurrently on two machines.
/// </summary>
public sealed class Jobs(
    DueEditions due, EditionSending sending, HistoryPacking packing, NoticeSending notices, SignUpQueue signUps, SignUpExpiry expiry,
    EditionAlarms editionAlarms, RelayAlarms relayAlarms, RestoreAlarms restoreAlarms, SignUpBrake brake, SignUpAlarms signUpAlarms,
    AlarmSending alarms, IBackgroundJobClient jobs, JobStorage storage)
{
    private static readonly TimeSpan MaxRunTime = TimeSpan.FromMinutes(1);

    // One run of an edition uses all SMTP connections of this process: a second run would only block a worker.
    private readonly ConcurrentDictionary<long, bool> running = new();

    private int isPacking;
    private int isSendingNotices;
    private int isSendingAlarms;

    public Task PlanDueAsync(CancellationToken stop) => due.PlanAsync(stop);

    /// <summary>Starts due editions, and enqueues one send job per worker for each edition that is sending.</summary>
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

    /// <summary>Claims, sends and records deliveries for at most a minute; the next minute's job continues.</summary>
    public async Task SendAsync(long edition, CancellationToken stop)
    {
        if (!running.TryAdd(edition, true))
        {
            return;
        }
        try
        {
            await sending.RunAsync(edition, MaxRunTime, stop);
        }
        catch (Refusal)
        {
            // Not a failed job: the reason is stored with the edition, and the job of the next minute retries.
        }
        finally
        {
            running.TryRemove(edition, out _);
        }
    }

    /// <summary>After an update there may be years of history to pack. Only one run at a time: several would block all workers.</summary>
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

    /// <summary>Raises and delivers alarms. A relay that does not respond delays it, so only one run at a time.</summary>
    public async Task AlarmAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isSendingAlarms, 1) == 1)
        {
            return;
        }
        try
        {
            // Editions and sign-ups in a restored database are outdated: they must not cause alarms.
            var isRestored = await restoreAlarms.WatchAsync();
            if (!isRestored)
            {
                await editionAlarms.WatchAsync();
            }
            await relayAlarms.WatchAsync();
            await alarms.RunAsync(stop);
            // Last, because it counts the sign-ups of a month: other alarms must not wait for it.
            await brake.WatchAsync();
            if (!isRestored)
            {
                await signUpAlarms.WatchAsync();
            }
        }
        finally
        {
            Volatile.Write(ref isSendingAlarms, 0);
        }
    }

    /// <summary>Starts every few seconds, but a correction may take an hour. Only one run at a time: several would block all workers.</summary>
    public async Task SendNoticesAsync(CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isSendingNotices, 1) == 1)
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
            Volatile.Write(ref isSendingNotices, 0);
        }
    }
}
