using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>
/// The loop between connections and rows. A connection reports the result of its last attempt and requests the next delivery. Requests
/// that arrive while the database is busy are served together by the next batch. At most one delivery per connection is therefore
/// marked as sending, and no connection waits for another.
/// </summary>
/// <param name="claim">Claims deliveries and prepares their mails. Empty if there are no more.</param>
/// <param name="mayGoOn">Whether more attempts may start.</param>
/// <param name="isWanted">
/// Whether another run waits for a connection: idle connections are then released instead of waiting for returned deliveries.
/// </param>
/// <param name="connections">Number of connections that request deliveries.</param>
internal sealed class SendLoop(
    DeliveryBatchStore batches, RelayBalancer balancer, Func<Task<IReadOnlyList<long>>> claim, Func<bool> mayGoOn, Func<bool> isWanted, int connections,
    TimeProvider time, ILogger log)
{
    /// <summary>How long a query is retried while the database is unavailable.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Delay between two retries.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Delay before a relay that has reached its rate limit is checked again.</summary>
    private static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>Wait for more requests before a batch: a batch of many costs little more than a batch of few.</summary>
    private static readonly TimeSpan BatchWindow = TimeSpan.FromMilliseconds(1);

    private readonly Channel<Message> messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Results that are not recorded yet.</summary>
    private readonly List<(DeliveryAttempt Attempt, DeliveryResult Result)> results = [];

    /// <summary>Requests that are not answered yet.</summary>
    private readonly List<Message> requests = [];

    /// <summary>Ids of subscribers whose deliveries are claimed and prepared.</summary>
    private readonly Queue<long> ready = new();
    private ClaimPhase phase = ClaimPhase.Idle;
    private Task claiming = Task.CompletedTask;

    /// <summary>Thrown only after all results are recorded.</summary>
    private ExceptionDispatchInfo? claimFailure;

    /// <summary>See <see cref="SendRound.UnderWay"/>.</summary>
    private int underWay;

    /// <summary>Reports the result of an attempt and requests the next delivery, to be sent over this relay.</summary>
    /// <param name="last">Null before the first attempt.</param>
    /// <returns>Null if there are no more.</returns>
    public Task<DeliveryAttempt?> NextAsync(SmtpRelay relay, (DeliveryAttempt Attempt, DeliveryResult Result)? last)
    {
        var next = new TaskCompletionSource<DeliveryAttempt?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return messages.Writer.TryWrite(new Message(last, next, relay, null)) ? next.Task : Task.FromResult<DeliveryAttempt?>(null);
    }

    /// <summary>Reports the result of an attempt and requests nothing.</summary>
    public void Report(DeliveryAttempt attempt, DeliveryResult result) => messages.Writer.TryWrite(new Message((attempt, result), null, null, null));

    /// <summary>Call after the last request and report.</summary>
    public void Complete() => messages.Writer.TryComplete();

    /// <summary>Starts a round without a message.</summary>
    public void Wake() => messages.Writer.TryWrite(default);

    /// <summary>Runs until <see cref="Complete"/>, and until all results are recorded.</summary>
    /// <exception cref="NpgsqlException">The database was unavailable for longer than the timeout.</exception>
    /// <exception cref="Exception">The exception that claiming threw.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (await messages.Reader.WaitToReadAsync())
            {
                await CollectAsync();
                if (results.Count > 0 || requests.Count > 0)
                {
                    await ServeAsync();
                }
            }
            claimFailure?.Throw();
        }
        catch (Exception failure)
        {
            Fail(failure);
            throw;
        }
        finally
        {
            await claiming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One round: claim ahead, allot deliveries to requests, record results and mark the next deliveries, answer.</summary>
    private async Task ServeAsync()
    {
        ClaimAhead();
        var isOver = Round().IsOver;
        var served = isOver ? [] : await AllotAsync();
        if (results.Count > 0 || served.Count > 0)
        {
            await RecordAndMarkAsync(served);
        }
        if (isOver)
        {
            DismissAll();
        }
        ClaimAhead();
        WakeIfNeeded(served.Count);
    }

    private SendRound Round() => new(
        phase, ready.Count, underWay, HasReturned: results.Exists(report => report.Result.State == DeliveryState.Due), mayGoOn(), isWanted());

    /// <summary>Reads all messages; waits briefly for more while less than half of the connections request a delivery.</summary>
    private async Task CollectAsync()
    {
        ReadMessages();
        if (requests.Count + results.Count > 0 && requests.Count < connections / 2)
        {
            await Task.Delay(BatchWindow);
            ReadMessages();
        }
    }

    private void ReadMessages()
    {
        while (messages.Reader.TryRead(out var message))
        {
            if (message.Last is { } last)
            {
                results.Add(last);
                underWay--;
            }
            if (message.Next is not null)
            {
                requests.Add(message);
            }
            if (message.Claimed is { } claimed)
            {
                phase = phase.After(claimFailure is not null ? ClaimEvent.Failed : claimed.Count > 0 ? ClaimEvent.FoundWork : ClaimEvent.FoundNothing);
                claimed.ForEach(ready.Enqueue);
            }
        }
    }

    /// <returns>The requests that get a ready delivery, within the limits of their relays.</returns>
    private async Task<IReadOnlyList<Message>> AllotAsync()
    {
        var served = new List<Message>(requests.Count);
        foreach (var relay in requests.GroupBy(request => request.Relay!).ToList())
        {
            var wanted = Math.Min(relay.Count(), ready.Count - served.Count);
            served.AddRange(relay.Take(await RetryAsync(() => balancer.TakeAsync(relay.Key, wanted))));
        }
        return served;
    }

    /// <summary>Executes a batch: records all results, marks the next deliveries as sending, and answers the served requests.</summary>
    private async Task RecordAndMarkAsync(IReadOnlyList<Message> served)
    {
        var hasReturned = Round().HasReturned;
        var next = served.Select(_ => ready.Dequeue()).ToList();
        var marked = await RetryAsync(() => batches.RecordAndMarkAsync(results, next));
        underWay += marked.Count;
        results.Clear();
        if (hasReturned)
        {
            phase = phase.After(ClaimEvent.DeliveryReturned);
        }
        // Some may have been skipped instead of marked: their requests wait for the next round.
        foreach (var (request, attempt) in served.Zip(marked))
        {
            request.Next!.SetResult(attempt);
            requests.Remove(request);
        }
    }

    private void DismissAll()
    {
        requests.ForEach(request => request.Next!.SetResult(null));
        requests.Clear();
    }

    /// <summary>Schedules a round if requests are left that no message will wake: deliveries were skipped, or a relay has reached its limit.</summary>
    private void WakeIfNeeded(int served)
    {
        if (requests.Count > 0 && !Round().AwaitsMessage)
        {
            _ = WakeAsync(served == 0 ? PollDelay : TimeSpan.Zero);
        }
    }

    private async Task WakeAsync(TimeSpan after)
    {
        await Task.Delay(after);
        Wake();
    }

    private void ClaimAhead()
    {
        if (Round().MustClaim)
        {
            phase = phase.After(ClaimEvent.Started);
            claiming = ClaimAsync();
        }
    }

    private async Task ClaimAsync()
    {
        List<long> claimed = [];
        try
        {
            claimed = [.. await RetryAsync(claim, mayGoOn)];
        }
        catch (NpgsqlException) when (!mayGoOn())
        {
            // The run ends anyway, so nothing more would be sent.
        }
        catch (Exception failure)
        {
            claimFailure = ExceptionDispatchInfo.Capture(failure);
        }
        // Also after a failure: results of mails in transit must still be recorded.
        messages.Writer.TryWrite(new Message(null, null, null, claimed));
    }

    /// <summary>Fails all requests, waiting and future ones.</summary>
    private void Fail(Exception failure)
    {
        messages.Writer.TryComplete(failure);
        ReadMessages();
        requests.ForEach(request => request.Next!.TrySetException(failure));
    }

    /// <summary>Retries while the database is unavailable: an outage must not lose the SMTP server's replies.</summary>
    /// <param name="isWorthIt">Whether to continue retrying; null retries until the timeout.</param>
    private async Task<T> RetryAsync<T>(Func<Task<T>> query, Func<bool>? isWorthIt = null)
    {
        for (var (started, isLogged) = (time.GetTimestamp(), false); ; isLogged = true)
        {
            try
            {
                return await query();
            }
            catch (NpgsqlException lost) when (Outage.Describe(lost) is not null && time.GetElapsedTime(started) < Timeout && isWorthIt?.Invoke() != false)
            {
                if (!isLogged)
                {
                    log.LogWarning("Sending waits for the database: {Reason}", lost.Message);
                }
                await Task.Delay(RetryDelay, CancellationToken.None);
            }
        }
    }

    /// <param name="Last">The completed attempt and its result.</param>
    /// <param name="Next">Answers a request; null if nothing is requested.</param>
    /// <param name="Relay">The relay over which the next delivery will be sent.</param>
    /// <param name="Claimed">The result of a claim: ids of subscribers whose deliveries are now ready.</param>
    private readonly record struct Message(
        (DeliveryAttempt Attempt, DeliveryResult Result)? Last, TaskCompletionSource<DeliveryAttempt?>? Next, SmtpRelay? Relay, List<long>? Claimed);
}
