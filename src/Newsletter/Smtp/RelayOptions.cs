using System.Net;
using MailKit.Security;
using Newsletter.Addresses;

namespace Newsletter.Smtp;

/// <summary>The settings of a relay.</summary>
public record RelayOptions
{
    private protected const double FewestPerSecond = 0.001;
    private protected const int MostPerSecond = 100_000;

    /// <summary>In characters (RFC 5321 section 4.5.3.1.2).</summary>
    private const int MostInDomain = 255;

    /// <summary>Not set: the in-process catcher; only with the embedded database.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535; not set: 465 for <c>tls</c>, 587 for <c>starttls</c>, 25 for <c>none</c>.</summary>
    public int? Port { get; init; }

    /// <summary><c>starttls</c> (default; refused when the relay does not offer it), <c>tls</c>, or <c>none</c>.</summary>
    public string Security { get; init; } = "starttls";

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>A file that holds the password, instead of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The name in EHLO, a domain or an IP address (RFC 5321 section 4.1.1.1); not set: the domain of <c>Sender:Address</c>.</summary>
    public string? HelloName { get; init; }

    /// <summary>Connections of one process to the relay, 1 to 100; even a small relay accepts the default of four.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Rate limit over all processes, 0.001 to 100,000; not set: as fast as the relay answers.</summary>
    public double? MessagesPerSecond { get; init; }

    /// <summary>Its share relative to the other relays, 1 to 100, while all of them can be reached.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>
    /// The first day on which it sends. On that day it may send <see cref="WarmUpFirstDay"/> mails, and each following day half as many again as
    /// on the day before.
    /// </summary>
    public DateOnly? WarmUpSince { get; init; }

    /// <summary>Number of mails on the first day of the warm-up, 1 to 1,000,000.</summary>
    public int WarmUpFirstDay { get; init; } = 500;

    /// <param name="section">The name of its section, for error messages.</param>
    /// <exception cref="Refusal">Invalid: a value is not valid for a relay.</exception>
    internal SmtpRelay Relay(string section)
    {
        var (security, port) = Security.ToLowerInvariant() switch
        {
            "none" => (SecureSocketOptions.None, 25),
            "starttls" => (SecureSocketOptions.StartTls, 587),
            "tls" => (SecureSocketOptions.SslOnConnect, 465),
            _ => throw Refusal.Invalid($"{section}:Security is '{Security}': choose none, starttls or tls."),
        };
        if (string.IsNullOrWhiteSpace(Host) || Port is < 1 or > 65535 || Connections is < 1 or > 100 || Weight is < 1 or > 100)
        {
            throw Refusal.Invalid($"{section} needs a Host, a Port from 1 to 65535, Connections from 1 to 100 and a Weight from 1 to 100.");
        }
        // The negated range check also refuses NaN.
        if (MessagesPerSecond is not (null or (>= FewestPerSecond and <= MostPerSecond)) || WarmUpFirstDay is < 1 or > 1_000_000)
        {
            throw Refusal.Invalid($"{section}:MessagesPerSecond must be from 0.001 to {MostPerSecond}, and WarmUpFirstDay from 1 to 1000000.");
        }
        return new SmtpRelay(Host, Port ?? port, security, User, Secret(section))
        {
            HelloName = CheckedHelloName(section), Connections = Connections, MessagesPerSecond = MessagesPerSecond, Weight = Weight,
            WarmUpSince = WarmUpSince, WarmUpFirstDay = WarmUpFirstDay,
        };
    }

    /// <summary>Never falls back to the machine name: relays reject a name without a DNS record.</summary>
    private string CheckedHelloName(string section)
    {
        if (string.IsNullOrWhiteSpace(HelloName))
        {
            return "localhost";
        }
        if (DomainName.TryToAscii(HelloName.Trim(), out var name))
        {
            var address = name.TrimStart('[').TrimEnd(']').Replace("ipv6:", "", StringComparison.Ordinal);
            switch (Uri.CheckHostName(address))
            {
                case UriHostNameType.IPv6:
                    return IPAddress.Parse(address).ToString();
                // Short forms are refused: 1234 would be parsed as 0.0.4.210.
                case UriHostNameType.IPv4 when IPAddress.Parse(address).ToString() == address:
                    return address;
                case UriHostNameType.Dns when address == name && name.Length <= MostInDomain:
                    return name;
            }
        }
        throw Refusal.Invalid($"{section}:HelloName must be a domain such as mail.example.com, or an IP address.");
    }

    private string? Secret(string section)
    {
        if (string.IsNullOrWhiteSpace(PasswordFile))
        {
            return Password;
        }
        try
        {
            return InputFile.ReadAllText(PasswordFile).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"{section}:PasswordFile '{PasswordFile}' cannot be read ({failure.Message.TrimEnd('.')}).");
        }
    }
}
