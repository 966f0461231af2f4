using System.Net;
using Newsletter.MailCatcher;
using Newsletter.Smtp;

namespace Newsletter.Tests.Faults;

/// <summary>An SMTP server that does what a test's script says, and counts.</summary>
internal sealed class FaultyRelay : IAsyncDisposable
{
    private readonly Catcher catcher;
    private int stopped;

    public FaultyRelay(Func<CatcherOptions, CatcherOptions>? change = null)
    {
        var options = new CatcherOptions { Keeper = Mails, Script = Faults };
        catcher = Catcher.Start(new IPEndPoint(IPAddress.Loopback, 0), change?.Invoke(options) ?? options);
    }

    public Script Faults { get; } = new();

    public MailTally Mails { get; } = new();

    public int Port => catcher.EndPoint.Port;

    public SmtpOptions Settings(int connections = 8) => new() { Host = "127.0.0.1", Port = Port, Security = "none", Connections = connections };

    /// <summary>Also in the middle of a test: connections are refused from then on.</summary>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref stopped, 1) == 0 ? catcher.DisposeAsync() : ValueTask.CompletedTask;
}
