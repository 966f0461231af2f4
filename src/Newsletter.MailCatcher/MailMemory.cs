namespace Newsletter.MailCatcher;

/// <summary>Stores mails in memory, for tests.</summary>
public sealed class MailMemory : IMailKeeper
{
    private readonly Lock sync = new();
    private readonly List<CaughtMail> mails = [];
    private TaskCompletionSource arrival = NewArrival();

    /// <summary>A snapshot of all mails, in order of arrival.</summary>
    public IReadOnlyList<CaughtMail> Mails
    {
        get
        {
            lock (sync)
            {
                return [.. mails];
            }
        }
    }

    public ValueTask KeepAsync(CaughtMail mail)
    {
        lock (sync)
        {
            mails.Add(mail);
            arrival.SetResult();
            arrival = NewArrival();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the first mail that matches <paramref name="isMeant"/>, and waits for it if it has not arrived yet.</summary>
    /// <exception cref="TimeoutException">No such mail arrived in time.</exception>
    public async Task<CaughtMail> WaitForAsync(Func<CaughtMail, bool> isMeant, TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        while (true)
        {
            Task next;
            CaughtMail? found;
            lock (sync)
            {
                next = arrival.Task;
                found = mails.Find(mail => isMeant(mail));
            }

            if (found is not null)
            {
                return found;
            }

            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No such mail within {atMost}; {Mails.Count} others came.");
            }
        }
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
