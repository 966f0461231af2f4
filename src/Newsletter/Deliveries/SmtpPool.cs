using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Newsletter.Deliveries;

/// <summary>
/// The warm connections of this process to its relay. They belong to the process and outlive the jobs that use them; the one
/// used last is given out first, so that no more are kept warm than are needed. One more than configured serves single mails,
/// which must not wait for an edition.
/// </summary>
public sealed class SmtpPool : IDisposable
{
    private readonly ConcurrentStack<SmtpConnection> idle = new();
    private readonly SemaphoreSlim free;
    private readonly SemaphoreSlim single = new(1);
    private readonly SmtpOptions options;
    private readonly DkimSigner signer;
    private readonly TimeProvider time;
    private readonly SmtpRelay? relay;
    private int waiting;

    /// <exception cref="Refusal">Invalid: a relay is configured with a value that cannot be.</exception>
    public SmtpPool(IOptions<SmtpOptions> options, DkimSigner signer, TimeProvider time)
    {
        this.options = options.Value;
        this.signer = signer;
        this.time = time;
        // Without a host nothing is wrong until mail is to be sent.
        relay = IsConfigured ? this.options.Relay() : null;
        free = new SemaphoreSlim(Math.Max(Connections, 1));
    }

    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Host);

    public int Connections => options.Connections;

    /// <summary>Somebody waits for a connection: whoever has several gives one back.</summary>
    internal bool IsWanted => Volatile.Read(ref waiting) > 0;

    /// <summary>Waits for a free connection, takes all that are free, and opens them.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<IReadOnlyList<SmtpLease>> LeaseAllAsync(CancellationToken cancel)
    {
        // Refused here when no relay is configured, before anything is taken.
        var to = relay ?? options.Relay();
        Interlocked.Increment(ref waiting);
        try
        {
            await free.WaitAsync(cancel);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
        var leases = new List<SmtpLease> { Take(to, free) };
        while (free.Wait(0, CancellationToken.None))
        {
            leases.Add(Take(to, free));
        }
        return await OpenAsync(leases, cancel);
    }

    /// <summary>Waits for the connection that is kept for single mails, and takes with it what is free just now.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<IReadOnlyList<SmtpLease>> LeaseFreeAsync(CancellationToken cancel)
    {
        var to = relay ?? options.Relay();
        await single.WaitAsync(cancel);
        var leases = new List<SmtpLease> { Take(to, single) };
        while (!IsWanted && free.Wait(0, CancellationToken.None))
        {
            leases.Add(Take(to, free));
        }
        return await OpenAsync(leases, cancel);
    }

    /// <summary>Waits for the connection that is kept for single mails, and opens it.</summary>
    /// <exception cref="Refusal">Unreachable: it could not be opened.</exception>
    internal async Task<SmtpLease> LeaseAsync(CancellationToken cancel = default)
    {
        var to = relay ?? options.Relay();
        await single.WaitAsync(cancel);
        return (await OpenAsync([Take(to, single)], cancel))[0];
    }

    /// <summary>Whether the relay lets us in.</summary>
    /// <exception cref="Refusal">Unreachable: it does not, and why.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        using var lease = await LeaseAsync(cancel);
    }

    public void Dispose()
    {
        while (idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
        free.Dispose();
        single.Dispose();
    }

    private SmtpLease Take(SmtpRelay to, SemaphoreSlim from) =>
        new(idle.TryPop(out var connection) ? connection : new SmtpConnection(to, signer, time), used =>
        {
            idle.Push(used);
            from.Release();
        });

    /// <summary>Opens what can be opened: a relay that allows fewer connections than we have still gets mail.</summary>
    private static async Task<IReadOnlyList<SmtpLease>> OpenAsync(List<SmtpLease> leases, CancellationToken cancel)
    {
        try
        {
            var failures = await Task.WhenAll(leases.Select(lease => FailureAsync(lease.Connection, cancel)));
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
