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
/// Sends an edition until nothing is due or the time is up. Any number of processes may do so concurrently: claims in the rows
/// determine which process sends which delivery.
/// </summary>
public sealed class EditionSending(
    NpgsqlDataSource database, EditionStore editions, EditionTransitionStore transitions, EditionMailFactory mails, DeliveryStore deliveries,
    SmtpPool pool, SendingLimitStore limits, DomainLimits domains, SendingGuard guard, EditionJournal journal, EditionAlarms alarms,
    IOptions<DeliveryOptions> options, TimeProvider time, ILogger<EditionSending> log)
{
    private const string DailyLimitReached = "Daily warm-up limit reached; sending resumes tomorrow.";

    /// <summary>Interval of checks whether idle connections must end: the time is up, the lease is lost, or another run wants them.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>Time for mails in transit to complete after a stop. Less than the 30 seconds that a host waits.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(25);

    /// <summary>By edition. Kept between runs, since a slow edition has few attempts in each run.</summary>
    private readonly ConcurrentDictionary<long, CircuitBreaker> breakers = new();

    /// <summary>One run: checks, then sends due deliveries, or finishes the edition if nothing is left.</summary>
    /// <param name="atMost">The run ends after this time, possibly with work left for the next run.</param>
    /// <param name="stop">Mails in transit complete and are recorded; all other claims are released.</param>
    /// <exception cref="Refusal">
    /// Conflict: the database was restored from a backup. Unreachable: no connection to the relay, or its daily limit is reached.
    /// Invalid: a setting that mails need. Nothing is lost, and the edition's note has the reason.
    /// </exception>
    public async Task RunAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        await CheckNotRestoredAsync(editionId);
        await SweepAsync();
        if (stop.IsCancellationRequested || !await BeatAsync(editionId))
        {
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
            await NoteFailureAsync(editionId, failure);
            throw;
        }
    }

    private async Task CheckNotRestoredAsync(long editionId)
    {
        if (!await guard.MaySendAsync())
        {
            await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + SendingGuard.Restored);
            throw Refusal.Conflict(SendingGuard.Restored);
        }
    }

    /// <summary>Sweeps the deliveries of dead workers, and logs the steps of editions since.</summary>
    private async Task SweepAsync()
    {
        await deliveries.SweepAsync();
        await journal.WriteAsync();
    }

    /// <returns>Whether the edition is still sending.</returns>
    private async Task<bool> BeatAsync(long editionId)
    {
        var isSending = await editions.BeatAsync(editionId);
        if (!isSending)
        {
            breakers.TryRemove(editionId, out _);
        }
        return isSending;
    }

    private async Task NoteFailureAsync(long editionId, Exception failure)
    {
        if (await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + failure.Message))
        {
            journal.Waits(editionId, failure.Message);
        }
    }

    /// <summary>Connects, sends over all connections concurrently, and finishes.</summary>
    private async Task SendDueAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        var connections = await pool.LeaseAllAsync(stop);
        try
        {
            // Claimed and ready compositions, plus a few rounds of all connections until the slowest has built its mail.
            var inHand = EditionClaims.Size + SendRound.ReadyAhead + (4 * connections.Count);
            var mail = await mails.OpenAsync(await editions.GetAsync(editionId), inHand: inHand);
            await using var lease = await WorkerLease.TakeAsync(database, editionId);
            await using var batches = new DeliveryBatchStore(database, editionId, lease.Owner, options.Value, guard, time);
            var breaker = breakers.GetOrAdd(editionId, _ => new CircuitBreaker());
            var run = new SendRun(editionId, mail, lease, breaker, guard, atMost, connections.Count, time, stop);
            await editions.NoteAsync(editionId, EditionState.Sending, null);
            var balancer = new RelayBalancer(limits, connections.Select(connection => connection.Connection.Relay), time);
            await SendOverAsync(run, batches, balancer, connections);
            await RefuseIfStuckAsync(run, balancer);
            await FinishAsync(editionId);
        }
        finally
        {
            Disconnect(connections);
        }
    }

    /// <summary>Runs the send loop and all connections until none of them gets another delivery.</summary>
    private async Task SendOverAsync(SendRun run, DeliveryBatchStore batches, RelayBalancer balancer, IReadOnlyList<SmtpLease> connections)
    {
        var claims = new EditionClaims(run, editions, deliveries, domains, log);
        var loop = new SendLoop(
            batches, balancer, claims.ClaimAsync, () => run.MayGoOn && !balancer.IsDailyLimitReached, () => pool.IsWanted, connections.Count, time, log);
        await using var waking = run.Stop.Register(loop.Wake);
        await using var heartbeat = time.CreateTimer(_ => loop.Wake(), null, HeartbeatInterval, HeartbeatInterval);
        using var drained = new CancellationTokenSource();
        await using var draining = run.Stop.Register(() => drained.CancelAfter(DrainTimeout));
        var looping = loop.RunAsync();
        try
        {
            await Task.WhenAll(connections.Select(connection => SendOneByOneAsync(run, loop, balancer, connection, drained.Token)));
        }
        finally
        {
            loop.Complete();
            await RecordRestAsync(run, looping, claims);
        }
    }

    /// <summary>One connection: gets a delivery marked as sending, sends its mail, and reports the result with the next request.</summary>
    private async Task SendOneByOneAsync(SendRun run, SendLoop loop, RelayBalancer balancer, SmtpLease lease, CancellationToken drained)
    {
        // Returned to the pool as soon as it is idle: other connections may still wait for their server.
        using var returned = lease;
        var relay = lease.Connection.Relay;
        (DeliveryAttempt, DeliveryResult)? last = null;
        while (await loop.NextAsync(relay, last) is { } attempt)
        {
            // The result after an exception, since the progress of the attempt is then unknown.
            var result = DeliveryResult.Uncertain("sending was interrupted");
            var goesOn = false;
            try
            {
                result = await PrepareAndSendAsync(run, attempt, lease.Connection, drained);
                await CountAsync(run, result);
                goesOn = result.State != DeliveryState.Due && !(pool.IsWanted && run.TryReleaseConnection());
            }
            finally
            {
                if (!goesOn)
                {
                    balancer.RemoveConnection(relay);
                    loop.Report(attempt, result);
                }
            }
            if (!goesOn)
            {
                return;
            }
            last = (attempt, result);
        }
    }

    private static async Task<DeliveryResult> PrepareAndSendAsync(SendRun run, DeliveryAttempt attempt, SmtpConnection connection, CancellationToken drained)
    {
        WireMail message;
        try
        {
            message = run.Mail.Message(attempt.Recipient, attempt.Composition);
        }
        catch (KeyNotFoundException)
        {
            return DeliveryResult.Deferred("the mail has to be prepared again");
        }
        catch (Exception failure)
        {
            // A mail that cannot be built must not stop the others.
            run.Unmade.Add(failure);
            var isBadAddress = !EmailAddress.TryParse(attempt.Recipient.Email, out _, out _);
            return DeliveryResult.Failed("the mail could not be built: " + failure.Message) with { IsOnlyThisOne = isBadAddress };
        }
        // The process may have been suspended since the mark, and its deliveries swept.
        return run.Lease.IsHeld ? DeliveryResult.Of(await connection.SendAsync(message, drained)) : DeliveryResult.Untried("Sending was interrupted.");
    }

    private async Task CountAsync(SendRun run, DeliveryResult result)
    {
        run.Count(result);
        if (!result.IsOnlyThisOne && run.Breaker.Count(result) is { } reason)
        {
            await PauseAsync(run, reason, result);
        }
        if (result.State == DeliveryState.Due)
        {
            run.RecordConnectionLost(result.Reply!);
        }
    }

    private async Task PauseAsync(SendRun run, string reason, DeliveryResult result)
    {
        try
        {
            // Only the edition's note contains the whole reply, which may quote the recipient. Logs and alarms get the reply code.
            var note = $"{EditionTransitionStore.PausedItself}{reason} ({result.Reply}); fix the cause, then run 'newsletter editions resume {run.EditionId}'";
            if (await transitions.PauseItselfAsync(run.EditionId, note, $"{reason} ({result.Class})"))
            {
                await alarms.WatchAsync();
                await journal.WriteAsync();
            }
            breakers.TryRemove(run.EditionId, out _);
        }
        catch (NpgsqlException lost)
        {
            // The next refused mail retries this.
            log.LogWarning("The edition is not paused yet: {Reason}", lost.Message);
        }
    }

    /// <summary>After the last connection: waits until all results are recorded, and releases the claims that were not sent.</summary>
    private async Task RecordRestAsync(SendRun run, Task looping, EditionClaims claims)
    {
        if (run.Unmade.Count > 0)
        {
            log.LogError("{Count} mails of edition {Edition} failed because they cannot be built: {Kinds}", run.Unmade.Count, run.EditionId, run.Unmade);
        }
        try
        {
            await looping;
        }
        finally
        {
            journal.Ended(run.EditionId, run.Failures, run.Elapsed);
            await claims.ReleaseAsync();
        }
    }

    /// <exception cref="Refusal">Unreachable: deliveries are due and the run could continue, but no relay accepts them.</exception>
    private async Task RefuseIfStuckAsync(SendRun run, RelayBalancer balancer)
    {
        var error = balancer.IsDailyLimitReached ? DailyLimitReached : run.LastError;
        if (error is not null && run.MayGoOn && await deliveries.NextDueAsync(run.EditionId) == TimeSpan.Zero)
        {
            throw Refusal.Unreachable(error);
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

    private static void Disconnect(IReadOnlyList<SmtpLease> connections)
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }
}
