using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Deliveries;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// Sends an edition: claims, marks, sends, records, until nothing is due or the time is up. Any number of processes may
/// do so at once; the rows decide who sends what.
/// </summary>
public sealed class EditionSending(
    NpgsqlDataSource database, EditionStore editions, EditionMails mails, DeliveryStore deliveries, SmtpPool pool, SendingLimits limits,
    DomainLimits domains, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<EditionSending> log)
{
    private const int ClaimSize = 250;
    private const string Spent = "What may be sent today while warming up is sent: it goes on tomorrow.";

    /// <summary>Between two looks for what has become due.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>What is due sooner is waited for; the rest is left to the next run.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    /// <summary>For what is on the wire when we are to stop; a host waits 30 seconds.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(25);

    /// <param name="atMost">After this it returns, with work left perhaps: the next run goes on.</param>
    /// <param name="stop">What is on the wire ends and is recorded; the rest is given back.</param>
    /// <exception cref="Refusal">Unreachable: no connection to the relay. Invalid: a setting that mail needs. Nothing was lost, and the edition says what it waits for.</exception>
    public async Task RunAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        await deliveries.SweepAsync();
        if (stop.IsCancellationRequested || (await editions.GetAsync(editionId)).State != EditionState.Sending)
        {
            return;
        }
        if (await deliveries.NextDueAsync(editionId) is null)
        {
            await editions.FinishAsync(editionId);
            return;
        }
        try
        {
            await SendAsync(editionId, atMost, stop);
        }
        catch (Refusal refusal)
        {
            await editions.NoteAsync(editionId, EditionState.Sending, "waits: " + refusal.Message);
            throw;
        }
    }

    private async Task SendAsync(long editionId, TimeSpan atMost, CancellationToken stop)
    {
        var leases = await pool.LeaseAllAsync(stop);
        try
        {
            // Claimed, ready, and some rounds of what the connections take before one of them has made its mail.
            var mail = await mails.OpenAsync(await editions.GetAsync(editionId), inHand: ClaimSize + Dispatch.ReadyAhead + (4 * leases.Count));
            await using var lease = await SenderLease.TakeAsync(database);
            await using var exchange = new DeliveryExchange(database, editionId, lease.Owner, options.Value, time);
            var run = new Run(editionId, mail, lease, time.GetTimestamp(), atMost, leases.Count, stop);
            await editions.NoteAsync(editionId, EditionState.Sending, null);
            await SendAsync(run, exchange, leases);
        }
        finally
        {
            foreach (var lease in leases)
            {
                lease.Dispose();
            }
        }
    }

    private async Task SendAsync(Run run, DeliveryExchange exchange, IReadOnlyList<SmtpLease> leases)
    {
        var shares = new RelayShares(limits, leases.Select(lease => lease.Connection.Relay), time);
        var dispatch = new Dispatch(exchange, shares, () => ClaimAsync(run), () => MayGoOn(run) && !shares.IsSpent, leases.Count, time, log);
        await using var stopping = run.Stop.Register(dispatch.Wake);
        using var drained = new CancellationTokenSource();
        await using var draining = run.Stop.Register(() => drained.CancelAfter(DrainPatience));
        var dispatching = dispatch.RunAsync();
        try
        {
            await Task.WhenAll(leases.Select(lease => SendAsync(run, dispatch, shares, lease, drained.Token)));
        }
        finally
        {
            dispatch.Complete();
            await dispatching;
            await ReleaseAsync(run);
        }
        if ((shares.IsSpent ? Spent : run.Trouble) is { } trouble && MayGoOn(run) && await deliveries.NextDueAsync(run.EditionId) == TimeSpan.Zero)
        {
            throw Refusal.Unreachable(trouble);
        }
        await editions.FinishAsync(run.EditionId);
    }

    /// <summary>What one connection does: one mail after the other.</summary>
    private async Task SendAsync(Run run, Dispatch dispatch, RelayShares shares, SmtpLease lease, CancellationToken drained)
    {
        // As soon as it has nothing more to do: others may still wait for their server's answer.
        using var givenBack = lease;
        var relay = lease.Connection.Relay;
        (DeliveryAttempt, DeliveryEnding)? ended = null;
        while (await dispatch.NextAsync(relay, ended) is { } attempt)
        {
            var ending = await SendAsync(run, attempt, lease.Connection, drained);
            ended = (attempt, ending);
            if (run.Breaker.Note(ending) is { } reason)
            {
                await PauseAsync(run, reason);
            }
            if (ending.State == DeliveryState.Due)
            {
                run.Lose(ending.Reply!);
                shares.Leave(relay);
                dispatch.Ended(attempt, ending);
                return;
            }
            if (pool.IsWanted && run.Spare())
            {
                shares.Leave(relay);
                dispatch.Ended(attempt, ending);
                return;
            }
        }
    }

    private async Task<DeliveryEnding> SendAsync(Run run, DeliveryAttempt attempt, SmtpConnection connection, CancellationToken drained)
    {
        WireMail message;
        try
        {
            message = run.Mail.Message(attempt.SubscriberId, attempt.Email, attempt.Name, attempt.Composition);
        }
        catch (Exception failure)
        {
            // One message that cannot be made must not stop the others. The exception may quote an address: not for the log.
            log.LogError("A mail could not be made: {Kind}", failure.GetType().Name);
            return DeliveryEnding.Failed("the mail could not be made: " + failure.Message);
        }
        // This process may have been stopped since the mark, and what it had in hand taken from it.
        return run.Lease.IsHeld ? await connection.SendAsync(message, drained) : DeliveryEnding.Untried("Sending was interrupted.");
    }

    private bool MayGoOn(Run run) =>
        !run.Stop.IsCancellationRequested && run.Lease.IsHeld && time.GetElapsedTime(run.Started) < run.AtMost;

    /// <summary>Deliveries ready to be made into mails; waits for what is due soon. None when there are no more for this run.</summary>
    private async Task<IReadOnlyList<long>> ClaimAsync(Run run)
    {
        for (var looks = Soon / Look; looks > 0 && MayGoOn(run) && (await editions.GetAsync(run.EditionId)).State == EditionState.Sending; looks--)
        {
            var claimed = await deliveries.ClaimAsync(run.EditionId, run.Lease.Owner, ClaimSize, CancellationToken.None);
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
            await Task.Delay(Look, run.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return [];
    }

    private async Task PauseAsync(Run run, string reason)
    {
        log.LogError("Edition {Edition} pauses itself: {Reason}", run.EditionId, reason);
        try
        {
            await editions.BreakAsync(run.EditionId, $"paused by itself: {reason}; mend the cause, then 'newsletter editions resume {run.EditionId}'");
        }
        catch (NpgsqlException lost)
        {
            // The next refusal says it again.
            log.LogWarning("The edition is not paused yet: {Reason}", lost.Message);
        }
    }

    private async Task ReleaseAsync(Run run)
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

    /// <summary>One run over an edition: what its connections share.</summary>
    private sealed class Run(long editionId, EditionMail mail, SenderLease lease, long started, TimeSpan atMost, int connections, CancellationToken stop)
    {
        private int connections = connections;

        public long EditionId => editionId;

        public EditionMail Mail => mail;

        public SenderLease Lease => lease;

        public long Started => started;

        public TimeSpan AtMost => atMost;

        public CancellationToken Stop => stop;

        public CircuitBreaker Breaker { get; } = new();

        /// <summary>Why the last connection was lost; null while there is one.</summary>
        public string? Trouble { get; private set; }

        public void Lose(string why)
        {
            if (Interlocked.Decrement(ref connections) == 0)
            {
                Trouble = why;
            }
        }

        /// <summary>Whether one can be done without.</summary>
        public bool Spare()
        {
            if (Interlocked.Decrement(ref connections) > 0)
            {
                return true;
            }
            Interlocked.Increment(ref connections);
            return false;
        }
    }
}
