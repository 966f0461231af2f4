using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Newsletter.MailCatcher;

/// <summary>Options of a <see cref="Catcher"/>.</summary>
public sealed record CatcherOptions
{
    public required IMailKeeper Keeper { get; init; }

    /// <summary>Faults for tests; default: none.</summary>
    public Script Script { get; init; } = new();

    /// <summary>Certificate with private key. STARTTLS is offered only if it is set.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>TLS from the first byte (RFC 8314) instead of STARTTLS; needs <see cref="Certificate"/>.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>If set, MAIL requires AUTH PLAIN or LOGIN with this user and password; with a certificate, AUTH requires TLS.</summary>
    public NetworkCredential? Credentials { get; init; }

    /// <summary>Announced as SIZE (RFC 1870); a larger message is rejected with "552 5.3.4".</summary>
    public int MaxMessageBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Maximum number of concurrent connections; further ones are rejected with "421 4.7.0".</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>Timeout for one command, or between two pieces of a message, before "421 4.4.2" (RFC 5321 section 4.5.3.2.7).</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Clock for <see cref="CaughtMail.ReceivedAt"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
