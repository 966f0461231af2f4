using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;

namespace Newsletter.Smtp;

/// <summary>
/// The warm connections of this process to its relay. They belong to the process and outlive the jobs that use them; the one
/// used last is given out first, so that no more are kept warm than are needed. One more than configured serves single mails,
/// which must not wait until many are sent.
/// </summary>
public sealed class SmtpPool : IDisposable
{
    private readonly ConcurrentStack<SmtpConnection> idle = new();
    private readonly IReadOnlyList<SmtpConnection> singles = [];
    private readonly IReadOnlyList<SmtpConnection> all;
    private readonly SemaphoreSlim free;
    private readonly SemaphoreSlim single = new(1);
    private readonly SmtpOptions options;
    private readonly Func<SmtpRelay, Refusal?, CertificateProblem?, Task>? note;
    private int waiting;

    /// <param name="note">
    /// Told of a relay that was tried: null when it was reached, or else why it was not, and what was wrong with its certificate. Null where
    /// nobody wants to know.
    /// </param>
    /// <exception cref="Refusal">Invalid: a relay is configured with a value that cannot be.</exception>
    internal SmtpPool(
        IOptions<SmtpOptions> options, DkimSigner signer, TimeProvider time, Func<SmtpRelay, Refusal?, CertificateProblem?, Task>? note = null)
    {
        (this.options, this.note) = (options.Value, note);
        // Without a relay nothing is wrong until mail is to be sent.
        var relays = IsConfigured ? this.options.All() : [];
        singles = relays.Select(relay => new SmtpConnection(relay, signer, time)).ToList();
        idle.PushRange([.. relays.SelectMany(relay => Enumerable.Range(0, relay.Connections).Select(_ => new SmtpConnection(relay, signer, time)))]);
        all = [.. singles, .. idle];
        free = new SemaphoreSlim(idle.Count);
    }

    public bool IsConfigured => options.IsConfigured;

    /// <summary>Somebody waits for a connection: whoever has several gives one back.</summary>
    internal bool IsWanted => Volatile.Read(ref waiting) > 0;

    /// <summary>Waits for a free connection, takes all that are free, and opens them.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<IReadOnlyList<SmtpLease>> LeaseAllAsync(CancellationToken cancel)
    {
        EnsureConfigured();
        Interlocked.Increment(ref waiting);
        try
        {
            await free.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
        return await OpenAsync([Take(), .. TakeFree()], cancel);
    }

    /// <summary>Waits for the connection that is kept for single mails, and takes with it what is free just now.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<IReadOnlyList<SmtpLease>> LeaseFreeAsync(CancellationToken cancel)
    {
        var first = await LeaseAsync(cancel);
        try
        {
            var others = IsWanted ? [] : TakeFree();
            return others.Count == 0 ? [first] : [first, .. await OpenAsync(others, cancel)];
        }
        catch (Refusal)
        {
            return [first];
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the connection that is kept for single mails, to the first relay that can be reached, and opens it.</summary>
    /// <exception cref="Refusal">Unreachable: none could be.</exception>
    internal async Task<SmtpLease> LeaseAsync(CancellationToken cancel = default)
    {
        EnsureConfigured();
        await single.WaitAsync(cancel);
        Exception? first = null;
        foreach (var connection in singles)
        {
            try
            {
                await connection.OpenAsync(cancel);
                await NoteAsync([connection], [null]);
                return new SmtpLease(connection, _ => single.Release());
            }
            catch (Exception failure)
            {
                first ??= failure;
                if (failure is Refusal refusal)
                {
                    await NoteAsync([connection], [refusal]);
                }
            }
        }
        single.Release();
        throw first!;
    }

    /// <summary>Whether each relay lets us in.</summary>
    /// <exception cref="Refusal">Unreachable: one does not, and why.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        EnsureConfigured();
        foreach (var connection in singles)
        {
            await connection.OpenAsync(cancel);
        }
    }

    public void Dispose()
    {
        foreach (var connection in singles.Concat(idle))
        {
            connection.Dispose();
        }
        free.Dispose();
        single.Dispose();
    }

    private void EnsureConfigured()
    {
        if (!IsConfigured)
        {
            // Says what to set.
            options.All();
        }
    }

    private List<SmtpLease> TakeFree()
    {
        var taken = new List<SmtpLease>();
        while (free.Wait(0, CancellationToken.None))
        {
            taken.Add(Take());
        }
        return taken;
    }

    private SmtpLease Take() => new(
        idle.TryPop(out var connection) ? connection : throw new InvalidOperationException("Fewer connections than permits."),
        used =>
        {
            idle.Push(used);
            free.Release();
        });

    /// <summary>A relay that allows fewer connections than we have is not away: none of them stands then.</summary>
    /// <param name="failures">Null for a connection that was opened.</param>
    private async Task NoteAsync(IReadOnlyList<SmtpConnection> tried, IReadOnlyList<Refusal?> failures)
    {
        if (note is null)
        {
            return;
        }
        foreach (var relay in tried.Zip(failures).GroupBy(pair => pair.First.Relay))
        {
            if (relay.Any(pair => pair.Second is null))
            {
                await note(relay.Key, null, null);
            }
            else if (!all.Any(connection => connection.Relay == relay.Key && connection.IsFresh))
            {
                var (connection, failure) = relay.First();
                await note(relay.Key, failure, connection.CertificateProblem);
            }
        }
    }

    /// <summary>Opens what can be opened: a relay that allows fewer connections than we have still gets mail.</summary>
    private async Task<IReadOnlyList<SmtpLease>> OpenAsync(List<SmtpLease> leases, CancellationToken cancel)
    {
        try
        {
            var failures = await Task.WhenAll(leases.Select(lease => FailureAsync(lease.Connection, cancel)));
            await NoteAsync([.. leases.Select(lease => lease.Connection)], failures);
            for (var i = 0; i < leases.Count; i++)
            {
                if (failures[i] is not null)
                {
                    leases[i].Dispose();
                }
            }
            return failures.Contains(null) ? leases.Where((_, i) => failures[i] is null).ToList() : throw failures[0]!;
        }
        catch
        {
            leases.ForEach(lease => lease.Dispose());
            throw;
        }
    }

    private static async Task<Refusal?> FailureAsync(SmtpConnection connection, CancellationToken cancel)
    {
        try
        {
            await connection.OpenAsync(cancel);
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal;
        }
    }
}

/// <summary>An open connection that one caller has for itself; disposing gives it back, warm.</summary>
internal sealed class SmtpLease(SmtpConnection connection, Action<SmtpConnection> giveBack) : IDisposable
{
    private Action<SmtpConnection>? giveBack = giveBack;

    public SmtpConnection Connection => connection;

    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke(connection);
}
