using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>
/// Stands between connections and rows. Connections say how their last attempt ended and ask for the next; whoever asks while
/// the database is busy is served by the next exchange, all together. So no more deliveries are marked as being sent than
/// there are connections, and no connection waits for another.
/// </summary>
/// <param name="claim">Gives deliveries that are claimed and ready to be made into mails; none when there are no more.</param>
/// <param name="mayGoOn">Whether attempts are still to be given out.</param>
/// <param name="isWanted">Whether somebody waits for connections: who has nothing to do does not keep them for what others may give back.</param>
internal sealed class SendLoop(
    DeliveryBatchStore exchange, RelayBalancer shares, Func<Task<IReadOnlyList<long>>> claim, Func<bool> mayGoOn, Func<bool> isWanted, int connections,
    TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Before a relay that has had its share for now is looked at again.</summary>
    private static readonly TimeSpan Pacing = TimeSpan.FromMilliseconds(20);

    /// <summary>When fewer are ready more are claimed: at thousands a second, what is claimed is being made ready for a tenth of one.</summary>
    public const int ReadyAhead = 250;

    /// <summary>For more to ask meanwhile: an exchange for many costs little more than one for a few.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(1);

    private readonly Channel<Message> messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<(DeliveryAttempt Attempt, DeliveryResult Ending)> endings = [];
    private readonly List<Message> asking = [];
    private readonly Queue<long> ready = new();
    private Task claiming = Task.CompletedTask;
    private bool isClaiming;

    /// <summary>The last claim gave nothing.</summary>
    private bool isDry;

    /// <summary>Something was given back after the claim under way began.</summary>
    private bool mustClaimAgain;

    /// <summary>Why nothing can be claimed any more: to be thrown when everything told is recorded.</summary>
    private ExceptionDispatchInfo? broken;

    /// <summary>Attempts that have not ended: one that a relay did not take may have to be given to another connection.</summary>
    private int underWay;

    /// <summary>Says how an attempt ended and asks for the next, to be handed to a relay.</summary>
    /// <returns>Null when there are no more.</returns>
    public Task<DeliveryAttempt?> NextAsync(SmtpRelay relay, (DeliveryAttempt Attempt, DeliveryResult Ending)? ended)
    {
        var next = new TaskCompletionSource<DeliveryAttempt?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return messages.Writer.TryWrite(new Message(ended, next, relay, null)) ? next.Task : Task.FromResult<DeliveryAttempt?>(null);
    }

    /// <summary>Says how an attempt ended, and asks for nothing.</summary>
    public void Ended(DeliveryAttempt attempt, DeliveryResult ending) => messages.Writer.TryWrite(new Message((attempt, ending), null, null, null));

    /// <summary>Nobody asks or tells any more.</summary>
    public void Complete() => messages.Writer.TryComplete();

    /// <summary>Looks again whether there is something to give out.</summary>
    public void Wake() => messages.Writer.TryWrite(default);

    /// <summary>Until <see cref="Complete"/>, and everything told is recorded.</summary>
    /// <exception cref="NpgsqlException">The database stayed away.</exception>
    /// <exception cref="Exception">Whatever claiming threw.</exception>
    public async Task RunAsync()
    {
        try
        {
            while (await messages.Reader.WaitToReadAsync())
            {
                await GatherAsync();
                if (endings.Count > 0 || asking.Count > 0)
                {
                    await ServeAsync();
                }
            }
            broken?.Throw();
        }
        catch (Exception failure)
        {
            messages.Writer.TryComplete(failure);
            Read();
            asking.ForEach(message => message.Next!.TrySetException(failure));
            throw;
        }
        finally
        {
            await claiming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task GatherAsync()
    {
        Read();
        if (asking.Count + endings.Count > 0 && asking.Count < connections / 2)
        {
            await Task.Delay(Gathering);
            Read();
        }
    }

    private void Read()
    {
        while (messages.Reader.TryRead(out var message))
        {
            if (message.Ended is { } ended)
            {
                endings.Add(ended);
                underWay--;
            }
            if (message.Next is not null)
            {
                asking.Add(message);
            }
            if (message.Claimed is { } claimed)
            {
                (isClaiming, isDry, mustClaimAgain) = (false, claimed.Count == 0 && !mustClaimAgain, false);
                claimed.ForEach(ready.Enqueue);
            }
        }
    }

    private async Task ServeAsync()
    {
        KeepClaiming();
        var isGivenBack = endings.Exists(ended => ended.Ending.State == DeliveryState.Due);
        var over = broken is not null || !mayGoOn() || (isDry && ready.Count == 0 && !isGivenBack && (underWay == 0 || isWanted()));
        var served = over ? [] : await AllotAsync();
        if (endings.Count > 0 || served.Count > 0)
        {
            var next = served.Select(_ => ready.Dequeue()).ToList();
            var marked = await PatientlyAsync(() => exchange.ExchangeAsync(endings, next));
            underWay += marked.Count;
            if (isGivenBack)
            {
                (isDry, mustClaimAgain) = (false, isClaiming);
            }
            endings.Clear();
            foreach (var (message, attempt) in served.Zip(marked))
            {
                message.Next!.SetResult(attempt);
                asking.Remove(message);
            }
        }
        if (over)
        {
            asking.ForEach(message => message.Next!.SetResult(null));
            asking.Clear();
        }
        KeepClaiming();
        if (asking.Count > 0 && !(ready.Count == 0 && (isClaiming || underWay > 0)))
        {
            // Some were skipped instead of marked, or a relay has had its share for now.
            _ = WakeSoonAsync(served.Count == 0 ? Pacing : TimeSpan.Zero);
        }
    }

    /// <returns>Those of the asking that get one of the ready.</returns>
    private async Task<IReadOnlyList<Message>> AllotAsync()
    {
        var served = new List<Message>(asking.Count);
        foreach (var relay in asking.GroupBy(message => message.Relay!).ToList())
        {
            var wanted = Math.Min(relay.Count(), ready.Count - served.Count);
            served.AddRange(relay.Take(await PatientlyAsync(() => shares.TakeAsync(relay.Key, wanted))));
        }
        return served;
    }

    private async Task WakeSoonAsync(TimeSpan after)
    {
        await Task.Delay(after);
        Wake();
    }

    /// <summary>Claims ahead, so that nobody waits for it.</summary>
    private void KeepClaiming()
    {
        if (!isDry && !isClaiming && broken is null && ready.Count < ReadyAhead && mayGoOn())
        {
            isClaiming = true;
            claiming = ClaimAsync();
        }
    }

    private async Task ClaimAsync()
    {
        List<long> claimed = [];
        try
        {
            claimed = [.. await PatientlyAsync(claim, mayGoOn)];
        }
        catch (NpgsqlException) when (!mayGoOn())
        {
            // There is no more to give out.
        }
        catch (Exception failure)
        {
            broken = ExceptionDispatchInfo.Capture(failure);
        }
        // In any case: what is on the wire still has to be told.
        messages.Writer.TryWrite(new Message(null, null, null, claimed));
    }

    /// <summary>Tries again for as long as the database may be away: what the server said must not be lost by that.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, Func<bool>? isWorthIt = null)
    {
        for (var (started, isTold) = (time.GetTimestamp(), false); ; isTold = true)
        {
            try
            {
                return await ask();
            }
            catch (NpgsqlException lost) when (Outage.Describe(lost) is not null && time.GetElapsedTime(started) < Patience && isWorthIt?.Invoke() != false)
            {
                if (!isTold)
                {
                    log.LogWarning("Sending waits for the database: {Reason}", lost.Message);
                }
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    /// <param name="Next">Who asks; null for who only tells.</param>
    /// <param name="Relay">What the next is to be handed to.</param>
    /// <param name="Claimed">What is ready from now on.</param>
    private readonly record struct Message(
        (DeliveryAttempt Attempt, DeliveryResult Ending)? Ended, TaskCompletionSource<DeliveryAttempt?>? Next, SmtpRelay? Relay, List<long>? Claimed);
}
