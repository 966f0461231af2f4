using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace Newsletter.Deliveries;

/// <summary>
/// The warm connections of this process to the relay. They belong to the process and outlive the jobs that use them.
/// </summary>
public sealed class SmtpPool : IDisposable
{
    private readonly Lazy<Channel<SmtpConnection>> idle;

    public SmtpPool(IOptions<SmtpOptions> options)
    {
        Connections = options.Value.Connections;
        idle = new(() =>
        {
            var relay = options.Value.Relay();
            var channel = Channel.CreateBounded<SmtpConnection>(Connections);
            for (var i = 0; i < Connections; i++)
            {
                channel.Writer.TryWrite(new SmtpConnection(relay));
            }
            return channel;
        });
    }

    public int Connections { get; }

    /// <summary>Waits for a free connection, takes up to <paramref name="count"/> that are free, and opens them.</summary>
    /// <returns>At least one open connection; disposing gives them back, warm.</returns>
    /// <exception cref="Refusal">Unreachable: not even one could be opened.</exception>
    internal async Task<SmtpLease> LeaseAsync(int count, CancellationToken cancel = default)
    {
        var taken = new List<SmtpConnection> { await idle.Value.Reader.ReadAsync(cancel) };
        while (taken.Count < count && idle.Value.Reader.TryRead(out var another))
        {
            taken.Add(another);
        }
        var lease = new SmtpLease(idle.Value.Writer, taken);
        try
        {
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
        if (idle.IsValueCreated)
        {
            while (idle.Value.Reader.TryRead(out var connection))
            {
                connection.Dispose();
            }
        }
    }
}

/// <summary>Open connections that one caller has for itself.</summary>
internal sealed class SmtpLease(ChannelWriter<SmtpConnection> idle, IReadOnlyList<SmtpConnection> taken) : IDisposable
{
    /// <summary>At least one.</summary>
    public IReadOnlyList<SmtpConnection> Connections { get; private set; } = [];

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
        foreach (var connection in taken)
        {
            idle.TryWrite(connection);
        }
    }
}
