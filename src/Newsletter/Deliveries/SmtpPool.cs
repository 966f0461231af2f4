using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Newsletter.Deliveries;

/// <summary>
/// The warm connections of this process to the relay. They belong to the process and outlive the jobs that use them;
/// the one used last is given out first, so that no more are kept warm than are needed.
/// </summary>
public sealed class SmtpPool : IDisposable
{
    private readonly ConcurrentStack<SmtpConnection> idle = new();
    private readonly SemaphoreSlim free;
    private readonly SmtpOptions options;
    private readonly SmtpRelay? relay;

    /// <exception cref="Refusal">Invalid: a relay is configured with a value that cannot be.</exception>
    public SmtpPool(IOptions<SmtpOptions> options)
    {
        this.options = options.Value;
        // Without a host nothing is wrong until mail is to be sent.
        relay = IsConfigured ? this.options.Relay() : null;
        free = new SemaphoreSlim(Math.Max(Connections, 1));
    }

    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Host);

    public int Connections => options.Connections;

    /// <summary>Waits for a free connection, takes up to <paramref name="count"/> that are free, and opens them.</summary>
    /// <returns>At least one open connection; disposing gives them back, warm.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<SmtpLease> LeaseAsync(int count, CancellationToken cancel = default)
    {
        // Refused here when no relay is configured, before anything is taken.
        var to = relay ?? options.Relay();
        await free.WaitAsync(cancel);
        var lease = new SmtpLease(this);
        try
        {
            lease.Add(Take(to));
            while (lease.Taken < count && free.Wait(0, cancel))
            {
                lease.Add(Take(to));
            }
            await lease.OpenAsync(cancel);
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Whether the relay lets us in.</summary>
    /// <exception cref="Refusal">Unreachable: it does not, and why.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        using var lease = await LeaseAsync(1, cancel);
    }

    public void Dispose()
    {
        while (idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
        free.Dispose();
    }

    internal void GiveBack(SmtpConnection connection)
    {
        idle.Push(connection);
        free.Release();
    }

    private SmtpConnection Take(SmtpRelay to) => idle.TryPop(out var connection) ? connection : new SmtpConnection(to);
}

/// <summary>Open connections that one caller has for itself.</summary>
internal sealed class SmtpLease(SmtpPool pool) : IDisposable
{
    private readonly List<SmtpConnection> taken = [];

    /// <summary>At least one.</summary>
    public IReadOnlyList<SmtpConnection> Connections { get; private set; } = [];

    public int Taken => taken.Count;

    public void Add(SmtpConnection connection) => taken.Add(connection);

    /// <summary>Opens what can be opened: a relay that allows fewer connections than we have still gets mail.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        var failures = await Task.WhenAll(taken.Select(async connection =>
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
        }));
        Connections = taken.Where((_, i) => failures[i] is null).ToList();
        if (Connections.Count == 0)
        {
            throw failures[0]!;
        }
    }

    public void Dispose()
    {
        // In turn, so that the first is on top again.
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            pool.GiveBack(taken[i]);
        }
    }
}
