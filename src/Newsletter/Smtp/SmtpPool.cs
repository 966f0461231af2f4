using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Newsletter.Dkim;

namespace Newsletter.Smtp;

/// <summary>
/// The pool of this process's persistent connections to its relays. They outlive the jobs that use them. The last used connection is leased
/// first, so that no more stay open than are needed. Each relay has one connection more than configured, for single mails: these must not wait
/// until a bulk send ends.
/// </summary>
public sealed class SmtpPool : IDisposable
{
    private readonly ConcurrentStack<SmtpConnection> idle = new();
    private readonly IReadOnlyList<SmtpConnection> singleConnections = [];
    private readonly IReadOnlyList<SmtpConnection> all;
    private readonly SemaphoreSlim free;
    private readonly SemaphoreSlim single = new(1);
    private readonly SmtpOptions options;
    private readonly Func<SmtpRelay, Refusal?, CertificateProblem?, Task>? note;
    private int waiting;

    /// <param name="note">
    /// Called for each relay that was tried: with null when it was reached, otherwise with the reason why not and the problem of its
    /// certificate, if any. Null: nothing is reported.
    /// </param>
    /// <exception cref="Refusal">Invalid: a setting of a relay is not valid.</exception>
    internal SmtpPool(
        IOptions<SmtpOptions> options, DkimSigner signer, TimeProvider time, Func<SmtpRelay, Refusal?, CertificateProblem?, Task>? note = null)
    {
        (this.options, this.note) = (options.Value, note);
        // A missing relay is no error until mail has to be sent.
        var relays = IsConfigured ? this.options.All() : [];
        singleConnections = relays.Select(relay => new SmtpConnection(relay, signer, time)).ToList();
        idle.PushRange([.. relays.SelectMany(relay => Enumerable.Range(0, relay.Connections).Select(_ => new SmtpConnection(relay, signer, time)))]);
        all = [.. singleConnections, .. idle];
        free = new SemaphoreSlim(idle.Count);
    }

    public bool IsConfigured => options.IsConfigured;

    /// <summary>Another caller waits for a connection: a caller that holds several should release one.</summary>
    internal bool IsWanted => Volatile.Read(ref waiting) > 0;

    /// <summary>Waits for a free connection, leases it and all others that are free, and opens them.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: no connection could be opened.</exception>
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

    /// <summary>Waits for the connection that is reserved for single mails, and also leases the others that are free at the moment.</summary>
    /// <returns>At least one open connection.</returns>
    /// <exception cref="Refusal">Unreachable: no connection could be opened.</exception>
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

    /// <summary>Waits for the connection that is reserved for single mails, and opens it to the first relay that can be reached.</summary>
    /// <exception cref="Refusal">Unreachable: no relay could be reached.</exception>
    internal async Task<SmtpLease> LeaseAsync(CancellationToken cancel = default)
    {
        EnsureConfigured();
        await single.WaitAsync(cancel);
        try
        {
            return new SmtpLease(await OpenFirstAsync(cancel), _ => single.Release());
        }
        catch
        {
            single.Release();
            throw;
        }
    }

    /// <summary>Checks that each relay accepts a session.</summary>
    /// <exception cref="Refusal">Unreachable: a relay does not; the message says why.</exception>
    public async Task CheckAsync(CancellationToken cancel)
    {
        EnsureConfigured();
        foreach (var connection in singleConnections)
        {
            await connection.OpenAsync(cancel);
        }
    }

    public void Dispose()
    {
        foreach (var connection in singleConnections.Concat(idle))
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
            // Throws a refusal that says what to set.
            options.All();
        }
    }

    private async Task<SmtpConnection> OpenFirstAsync(CancellationToken cancel)
    {
        Exception? first = null;
        foreach (var connection in singleConnections)
        {
            try
            {
                await connection.OpenAsync(cancel);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested)
            {
                first ??= failure;
                if (failure is Refusal refusal)
                {
                    await ReportAsync([connection], [refusal]);
                }
                continue;
            }
            await ReportAsync([connection], [null]);
            return connection;
        }
        throw first!;
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

    /// <summary>
    /// A relay that allows fewer connections than configured is not unreachable: it is reported only if none of its connections is open.
    /// </summary>
    /// <param name="failures">Null for a connection that was opened.</param>
    private async Task ReportAsync(IReadOnlyList<SmtpConnection> tried, IReadOnlyList<Refusal?> failures)
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

    /// <summary>Opens as many as possible: a relay that allows fewer connections than configured still gets mail.</summary>
    private async Task<IReadOnlyList<SmtpLease>> OpenAsync(List<SmtpLease> leases, CancellationToken cancel)
    {
        try
        {
            var failures = await Task.WhenAll(leases.Select(lease => FailureAsync(lease.Connection, cancel)));
            await ReportAsync([.. leases.Select(lease => lease.Connection)], failures);
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

/// <summary>An open connection for the exclusive use of one caller; disposing returns it to the pool, still open.</summary>
internal sealed class SmtpLease(SmtpConnection connection, Action<SmtpConnection> giveBack) : IDisposable
{
    private Action<SmtpConnection>? giveBack = giveBack;

    public SmtpConnection Connection => connection;

    public void Dispose() => Interlocked.Exchange(ref giveBack, null)?.Invoke(connection);
}
