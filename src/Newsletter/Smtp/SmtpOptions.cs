using Newsletter.Addresses;

namespace Newsletter.Smtp;

/// <summary>Section <c>Smtp</c>: the relay that mail is sent through, or several in <c>Smtp:Relays</c>.</summary>
public sealed record SmtpOptions : RelayOptions
{
    /// <summary>Maximum for one process.</summary>
    private const int MostConnections = 250;

    /// <summary>Several relays instead of one, each with all its settings.</summary>
    public IReadOnlyList<RelayOptions> Relays { get; init; } = [];

    /// <summary>Messages a second to recipients at a domain, over all processes, 0.001 to 100,000: <c>Smtp:Domains:gmail.com = 20</c>.</summary>
    public IReadOnlyDictionary<string, double> Domains { get; init; } = new Dictionary<string, double>();

    public bool IsConfigured => Relays.Count > 0 || !string.IsNullOrWhiteSpace(Host);

    /// <summary>Relays without a <see cref="RelayOptions.HelloName"/> get that of the section, or else <paramref name="domain"/>.</summary>
    internal SmtpOptions WithHelloName(string domain)
    {
        var name = Given(HelloName) ?? domain;
        return this with { HelloName = name, Relays = [.. Relays.Select(relay => relay with { HelloName = Given(relay.HelloName) ?? name })] };

        // Docker Compose files pass empty variables.
        static string? Given(string? name) => string.IsNullOrWhiteSpace(name) ? null : name;
    }

    /// <exception cref="Refusal">Invalid: a value is not valid for a relay. Unreachable: no relay is configured.</exception>
    internal IReadOnlyList<SmtpRelay> All()
    {
        if (!IsConfigured)
        {
            throw Refusal.Unreachable(
                "No SMTP server is configured: set Smtp:Host (and Port, Security, User, PasswordFile) to the relay that sends your mail.");
        }
        if (Relays.Count > 0 && !string.IsNullOrWhiteSpace(Host))
        {
            throw Refusal.Invalid("Set either Smtp:Host for one relay or Smtp:Relays for several, not both.");
        }
        IReadOnlyList<SmtpRelay> all = Relays.Count > 0 ? [.. Relays.Select((relay, i) => relay.Relay($"Smtp:Relays:{i}"))] : [Relay("Smtp")];
        return all.Sum(relay => relay.Connections) <= MostConnections
            ? all
            : throw Refusal.Invalid($"The relays in Smtp:Relays have more than {MostConnections} Connections in total: reduce them, or use several processes.");
    }

    /// <returns>By domain in ASCII, the form in which addresses are stored.</returns>
    /// <exception cref="Refusal">Invalid: a rate is out of range, or a domain is not valid.</exception>
    internal IReadOnlyDictionary<string, double> DomainRates()
    {
        var rates = new Dictionary<string, double>();
        foreach (var (name, rate) in Domains)
        {
            if (rate is not (>= FewestPerSecond and <= MostPerSecond) || name.Any(char.IsWhiteSpace)
                || !DomainName.TryToAscii(name, out var domain) || !rates.TryAdd(domain, rate))
            {
                throw Refusal.Invalid(
                    "Each entry of Smtp:Domains is a domain with the maximum number of messages per second "
                    + $"from 0.001 to {MostPerSecond}, such as Smtp:Domains:gmail.com = 20.");
            }
        }
        return rates;
    }
}
