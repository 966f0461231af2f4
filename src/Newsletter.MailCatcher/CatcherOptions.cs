using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Newsletter.MailCatcher;

/// <summary>How a <see cref="Catcher"/> behaves.</summary>
public sealed record CatcherOptions
{
    public required IMailKeeper Keeper { get; init; }

    /// <summary>Faults for tests; none by default.</summary>
    public Script Script { get; init; } = new();

    /// <summary>With its private key. Given: STARTTLS is offered. Not given: it isn't.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>TLS from the first byte (RFC 8314) instead of STARTTLS; needs <see cref="Certificate"/>.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>Given: MAIL needs AUTH PLAIN or LOGIN with this user and password, which with a certificate needs TLS.</summary>
    public NetworkCredential? Credentials { get; init; }

    /// <summary>Announced as SIZE (RFC 1870); a longer message gets "552 5.3.4".</summary>
    public int MaxMessageBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>One more gets "421 4.7.0".</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>How long a client may take for one command, or between two pieces of a message, before "421 4.4.2" (RFC 5321 section 4.5.3.2.7).</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock of <see cref="CaughtMail.ReceivedAt"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
