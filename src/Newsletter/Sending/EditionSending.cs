using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Mime;
using Newsletter.Monitoring;
using Newsletter.Restores;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>
/// Sends an edition: claims, marks, sends, records, until nothing is due or the time is up. Any number of processes may
/// do so at once; the rows decide who sends what.
/// </summary>
public sealed class EditionSending(
    NpgsqlDataSource database, EditionStore editions, EditionTransitionStore transitions, EditionMailFactory mails, DeliveryStore deliveries, SmtpPool pool, SendingLimitStore limits,
    DomainLimits domains, SendingGuard guard, EditionJournal journal, EditionAlarms alarms, IOptions<DeliveryOptions> options, TimeProvider time,
    ILogger<EditionSending> log)
{
    private const int ClaimSize = 250;
    private const string Spent = "What may be sent today while warming up is sent: it goes on tomorrow.";

    /// <summary>Between two looks for what has become due.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>What is due sooner is waited for; the rest is left to the next run.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks whether connections that wait are to go: the time is up, the lease is lost, or somebody wants them.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>For what is on the wire when we are to stop; a host waits 30 seconds.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(25);

    /// <summary>By edition, for as long as it is sent: a slow one has few attempts in each run.</summary>
    private readonly ConcurrentDictionary<long, CircuitBreaker> breakers = new();

    /// <param name="atMost">After this it returns, with work left perhaps: the next run goes on.</param>
    /// <param name="stop">What is on the wire ends and is recorded; the rest is given back.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay. Invalid: a setting that mail needs. Nothing was lost, and the edition says what it waits for.</exception>
    public async Task RunAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        if (!await guard.MaySendAsync())
        {
            await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + SendingGuard.Restored);
            throw Refusal.Conflict(SendingGuard.Restored);
        }
        await deliveries.SweepAsync();
        await journal.WriteAsync();
        if (stop.IsCancellationRequested)
        {
            return;
        }
        if (!await editions.BeatAsync(editionId))
        {
            breakers.TryRemove(editionId, out _);
            return;
        }
        if (await deliveries.NextDueAsync(editionId) is null)
        {
            await FinishAsync(editionId);
            return;
        }
        try
        {
            await SendDueAsync(editionId, atMost, stop);
        }
        catch (Exception failure) when (failure is not (NpgsqlException or OperationCanceledException))
        {
            if (await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + failure.Message))
            {
                journal.Waits(editionId, failure.Message);
            }
            throw;
        }
    }

    private async Task SendDueAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        var leases = await pool.LeaseAllAsync(stop);
        try
        {
            // Claimed, ready, and some rounds of what the connections take before one of them has made its mail.
            var mail = await mails.OpenAsync(await editions.GetAsync(editionId), inHand: ClaimSize + SendLoop.ReadyAhead + (4 * leases.Count));
            await using var lease = await WorkerLease.TakeAsync(database, editionId);
            await using var exchange = new DeliveryBatchStore(database, editionId, lease.Owner, options.Value, guard, time);
            var breaker = breakers.GetOrAdd(editionId, _ => new CircuitBreaker());
            var run = new SendRun(editionId, mail, lease, breaker, guard, atMost, leases.Count, time, stop);
            await editions.NoteAsync(editionId, EditionState.Sending, null);
            await SendOverAsync(run, exchange, leases);
        }
        finally
        {
            foreach (var lease in leases)
            {
                lease.Dispose();
            }
        }
    }

    private async Task SendOverAsync(SendRun run, DeliveryBatchStore exchange, IReadOnlyList<SmtpLease> leases)
    {
        var shares = new RelayBalancer(limits, leases.Select(lease => lease.Connection.Relay), time);
        var dispatch = new SendLoop(
            exchange, shares, () => ClaimAsync(run), () => run.MayGoOn && !shares.IsSpent, () => pool.IsWanted, leases.Count, time, log);
        await using var stopping = run.Stop.Register(dispatch.Wake);
        await using var beat = time.CreateTimer(_ => dispatch.Wake(), null, Beat, Beat);
        using var drained = new CancellationTokenSource();
        await using var draining = run.Stop.Register(() => drained.CancelAfter(DrainPatience));
        var dispatching = dispatch.RunAsync();
        try
        {
            await Task.WhenAll(leases.Select(lease => SendOneByOneAsync(run, dispatch, shares, lease, drained.Token)));
        }
        finally
        {
            dispatch.Complete();
            if (run.Unmade.Count > 0)
            {
                log.LogError("{Count} mails of edition {Edition} failed, since they can never be made: {Kinds}", run.Unmade.Count, run.EditionId, run.Unmade);
            }
            try
            {
                await dispatching;
            }
            finally
            {
                journal.Ended(run.EditionId, run.Endings, run.Elapsed);
                await ReleaseAsync(run);
            }
        }
        if ((shares.IsSpent ? Spent : run.Trouble) is { } trouble && run.MayGoOn && await deliveries.NextDueAsync(run.EditionId) == TimeSpan.Zero)
        {
            throw Refusal.Unreachable(trouble);
        }
        await FinishAsync(run.EditionId);
    }

    /// <summary>What one connection does.</summary>
    private async Task SendOneByOneAsync(SendRun run, SendLoop dispatch, RelayBalancer shares, SmtpLease lease, CancellationToken drained)
    {
        // As soon as it has nothing more to do: others may still wait for their server's answer.
        using var givenBack = lease;
        var relay = lease.Connection.Relay;
        (DeliveryAttempt, DeliveryResult)? ended = null;
        while (await dispatch.NextAsync(relay, ended) is { } attempt)
        {
            // Of what breaks off unforeseen nobody knows where.
            var ending = DeliveryResult.Uncertain("sending broke off");
            var goesOn = false;
            try
            {
                ending = await AttemptAsync(run, attempt, lease.Connection, drained);
                run.Count(ending);
                if (!ending.IsOnlyThisOne && run.Breaker.Note(ending) is { } reason)
                {
                    await PauseAsync(run, reason, ending);
                }
                if (ending.State == DeliveryState.Due)
                {
                    run.Lose(ending.Reply!);
                }
                goesOn = ending.State != DeliveryState.Due && !(pool.IsWanted && run.Spare());
            }
            finally
            {
                if (!goesOn)
                {
                    shares.Leave(relay);
                    dispatch.Ended(attempt, ending);
                }
            }
            if (!goesOn)
            {
                return;
            }
            ended = (attempt, ending);
        }
    }

    private async Task<DeliveryResult> AttemptAsync(SendRun run, DeliveryAttempt attempt, SmtpConnection connection, CancellationToken drained)
    {
        WireMail message;
        try
        {
            message = run.Mail.Message(attempt.Recipient, attempt.Composition);
        }
        catch (KeyNotFoundException)
        {
            return DeliveryResult.Deferred("what the mail is made of was not ready any more");
        }
        catch (Exception failure)
        {
            // One message that cannot be made must not stop the others.
            run.Unmade.Add(failure);
            var isBadAddress = !EmailAddress.TryParse(attempt.Recipient.Email, out _, out _);
            return DeliveryResult.Failed("the mail could not be made: " + failure.Message) with { IsOnlyThisOne = isBadAddress };
        }
        // This process may have been stopped since the mark, and what it had in hand taken from it.
        return run.Lease.IsHeld ? DeliveryResult.Of(await connection.SendAsync(message, drained)) : DeliveryResult.Untried("Sending was interrupted.");
    }

    /// <summary>Deliveries ready to be made into mails; waits for what is due soon. None when there are no more for this run.</summary>
    private async Task<IReadOnlyList<long>> ClaimAsync(SendRun run)
    {
        for (var looks = Soon / PollInterval; looks > 0 && run.MayGoOn && (await editions.GetAsync(run.EditionId)).State == EditionState.Sending; looks--)
        {
            var claimed = await deliveries.ClaimAsync(run.EditionId, run.Lease.Owner, ClaimSize);
            claimed = await domains.HoldBackAsync(run.EditionId, run.Lease.Owner, claimed);
            if (claimed.Count > 0)
            {
                await run.Mail.PrepareAsync(claimed.Select(c => c.Composition).ToList());
                return claimed.Select(c => c.SubscriberId).ToList();
            }
            if (await deliveries.NextDueAsync(run.EditionId) is not { } wait || wait > Soon)
            {
                break;
            }
            await Task.Delay(PollInterval, run.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return [];
    }

    private async Task PauseAsync(SendRun run, string reason, DeliveryResult ending)
    {
        try
        {
            // The reply stays in the edition's note: it may quote the recipient, so logs and alarms get its numbers.
            var note = $"{EditionTransitionStore.PausedItself}{reason} ({ending.Reply}); mend the cause, then 'newsletter editions resume {run.EditionId}'";
            if (await transitions.PauseItselfAsync(run.EditionId, note, $"{reason} ({ending.Class})"))
            {
                await alarms.WatchAsync();
                await journal.WriteAsync();
            }
            breakers.TryRemove(run.EditionId, out _);
        }
        catch (NpgsqlException lost)
        {
            // The next refusal says it again.
            log.LogWarning("The edition is not paused yet: {Reason}", lost.Message);
        }
    }

    private async Task FinishAsync(long editionId)
    {
        if (await transitions.FinishAsync(editionId))
        {
            breakers.TryRemove(editionId, out _);
            await journal.WriteAsync();
        }
    }

    private async Task ReleaseAsync(SendRun run)
    {
        try
        {
            await deliveries.ReleaseAsync(run.EditionId, run.Lease.Owner);
        }
        catch (NpgsqlException lost)
        {
            log.LogWarning("Claims are not given back before their lease ends: {Reason}", lost.Message);
        }
    }
}
