using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Newsletter.MailCatcher;

/// <summary>
/// A small SMTP server (RFC 5321) on loopback that stores every mail and delivers none. It is the outbox of the demo and, with a
/// <see cref="Script"/>, the server of the tests.
/// </summary>
public sealed class Catcher : IAsyncDisposable
{
    private readonly CatcherOptions options;
    private readonly Socket listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, byte> sessions = new();
    private readonly Task accepting;

    private Catcher(Socket listener, CatcherOptions options)
    {
        this.listener = listener;
        this.options = options;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    /// <summary>The address it listens on; with the assigned port if port 0 was requested.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts listening. Clients can connect when this returns.</summary>
    /// <param name="endPoint">Loopback only; port 0 means any free port.</param>
    /// <param name="options">Storage, limits, TLS and faults.</param>
    /// <exception cref="ArgumentException">Not a loopback address, or TLS without a certificate.</exception>
    /// <exception cref="SocketException">The port is in use.</exception>
    public static Catcher Start(IPEndPoint endPoint, CatcherOptions options)
    {
        if (!IPAddress.IsLoopback(endPoint.Address))
        {
            throw new ArgumentException($"The mail catcher listens on loopback only, not on {endPoint.Address}.", nameof(endPoint));
        }

        if (options is { ImplicitTls: true, Certificate: null })
        {
            throw new ArgumentException("Implicit TLS needs a certificate.", nameof(options));
        }

        var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endPoint);
            listener.Listen(512);
            return new Catcher(listener, options);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops listening, sends "421" to every client after the pending reply, and waits for all sessions. An exception here is a bug in a
    /// session or a keeper.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(sessions.Keys);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                StartSession(await listener.AcceptAsync(stopping.Token));
            }
            catch (SocketException) when (!stopping.IsCancellationRequested)
            {
                // The client has disconnected already, or the process has no free file handles: keep accepting other clients.
                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void StartSession(Socket socket)
    {
        // Nagle's algorithm off: short replies must not wait for the client's delayed acknowledgement.
        socket.NoDelay = true;

        var isFull = sessions.Count >= options.MaxConnections;
        var session = Task.Run(() => new Session(socket, options, stopping.Token).RunAsync(isFull));
        sessions.TryAdd(session, 0);
        session.ContinueWith(
            ended => sessions.TryRemove(ended, out _),
            CancellationToken.None,
            // A failed session stays in the list, so DisposeAsync rethrows its exception.
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
