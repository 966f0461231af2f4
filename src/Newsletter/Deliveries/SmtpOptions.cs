using MailKit.Security;

namespace Newsletter.Deliveries;

/// <summary>Section <c>Smtp</c>: the relay that mail is handed to.</summary>
public sealed record SmtpOptions
{
    /// <summary>Not set: the in-process catcher, with the embedded database only.</summary>
    public string? Host { get; init; }

    /// <summary>1 to 65535; not set: 465 for <c>tls</c>, 587 for <c>starttls</c>, 25 for <c>none</c>.</summary>
    public int? Port { get; init; }

    /// <summary><c>starttls</c> (default; refused when the relay does not offer it), <c>tls</c>, or <c>none</c>.</summary>
    public string Security { get; init; } = "starttls";

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>A file that holds the password, instead of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Connections of one process to the relay, 1 to 100.</summary>
    public int Connections { get; init; } = 4;

    /// <exception cref="Refusal">Invalid: a value that no relay can have. Unreachable: no host.</exception>
    internal SmtpRelay Relay()
    {
        if (string.IsNullOrWhiteSpace(Host))
        {
            throw Refusal.Unreachable("No SMTP server is configured: set Smtp:Host (and Port, Security, User, PasswordFile) to the relay that mail is handed to.");
        }
        var (security, port) = Security.ToLowerInvariant() switch
        {
            "none" => (SecureSocketOptions.None, 25),
            "starttls" => (SecureSocketOptions.StartTls, 587),
            "tls" => (SecureSocketOptions.SslOnConnect, 465),
            _ => throw Refusal.Invalid($"Smtp:Security is '{Security}': choose none, starttls or tls."),
        };
        if (Port is < 1 or > 65535 || Connections is < 1 or > 100)
        {
            throw Refusal.Invalid("Smtp:Port must be from 1 to 65535, and Smtp:Connections from 1 to 100.");
        }
        return new SmtpRelay(Host, Port ?? port, security, User, Secret());
    }

    private string? Secret()
    {
        if (string.IsNullOrWhiteSpace(PasswordFile))
        {
            return Password;
        }
        try
        {
            return File.ReadAllText(PasswordFile).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refusal.Invalid($"Smtp:PasswordFile '{PasswordFile}' cannot be read ({failure.Message}).");
        }
    }
}

/// <summary>A server that mail is handed to, and how it knows us.</summary>
internal sealed record SmtpRelay(string Host, int Port, SecureSocketOptions Security, string? User, string? Password)
{
    public string Name => $"{Host}:{Port}";
}
