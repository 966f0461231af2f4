using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Newsletter.MailCatcher;

/// <summary>
/// A small SMTP server (RFC 5321) on loopback that keeps every mail and delivers none:
/// the demo's outbox and, with a <see cref="Script"/>, the tests' server.
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

    /// <summary>Where it listens, with the port that was free when 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts listening; clients can connect when this returns.</summary>
    /// <param name="endPoint">Loopback only; port 0 takes a free one.</param>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="ArgumentException">Not a loopback address, or TLS without a certificate.</exception>
    /// <exception cref="SocketException">The port is taken.</exception>
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
    /// Stops listening, tells every client "421" after the reply that is due, and waits for them.
    /// An exception here is a defect of a session or a keeper.
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
                Welcome(await listener.AcceptAsync(stopping.Token));
            }
            catch (SocketException) when (!stopping.IsCancellationRequested)
            {
                // The client was gone already, or the process has no file handles left: others may still come.
                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Welcome(Socket socket)
    {
        // Short replies must not wait for the client's delayed acknowledgement.
        socket.NoDelay = true;

        var crowded = sessions.Count >= options.MaxConnections;
        var session = Task.Run(() => new Session(socket, options, stopping.Token).RunAsync(crowded));
        sessions.TryAdd(session, 0);
        session.ContinueWith(
            ended => sessions.TryRemove(ended, out _),
            CancellationToken.None,
            // A defect stays in the list, and comes out when the catcher is disposed of.
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
