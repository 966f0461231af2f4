using System.Text.RegularExpressions;
using Newsletter.Addresses;

namespace Newsletter.Dkim;

/// <summary>Section <c>Dkim</c>: the keys for signing mails. Without keys, mails are not signed here; the relay may sign them.</summary>
public sealed record DkimOptions
{
    /// <summary>Together with <see cref="Selector"/> and <see cref="KeyFile"/>: the only key, or the first one.</summary>
    public string? Domain { get; init; }

    public string? Selector { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Additional keys, such as RSA and Ed25519: each key adds its own signature.</summary>
    public DkimKeyOptions[] Keys { get; init; } = [];

    /// <exception cref="Refusal">Invalid: a setting of a key is missing or wrong, or two keys have the same selector and domain.</exception>
    internal IReadOnlyList<DkimKeyOptions> All()
    {
        var first = new DkimKeyOptions { Domain = Domain, Selector = Selector, KeyFile = KeyFile };
        var all = Keys.Select((key, i) => key.Checked($"Dkim:Keys:{i}")).ToList();
        if (first != new DkimKeyOptions())
        {
            all.Insert(0, first.Checked("Dkim"));
        }
        return all.GroupBy(key => (key.Domain, key.Selector)).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refusal.Invalid(
                $"Two Dkim keys are published at {twice.Key.Selector}._domainkey.{twice.Key.Domain}, "
                + "which can have only one: give each key a different selector.")
            : all;
    }
}

/// <summary>One key: where the public key is published, and the file with the private key.</summary>
public sealed partial record DkimKeyOptions
{
    private const int LongestDomain = 253;
    private const int LongestSelector = 63;

    /// <summary><c>d=</c>: the domain of the sender's address or a parent domain, so that the signature is aligned for DMARC.</summary>
    public string? Domain { get; init; }

    /// <summary><c>s=</c>: the public key is published as the TXT record <c>selector._domainkey.domain</c>.</summary>
    public string? Selector { get; init; }

    /// <summary>PEM: an RSA key (PKCS#1 or PKCS#8) or an Ed25519 key (PKCS#8), without a passphrase.</summary>
    public string? KeyFile { get; init; }

    /// <param name="name">Name of the configuration section, for error messages.</param>
    /// <returns>The options with domain in ASCII and selector in lower case.</returns>
    /// <exception cref="Refusal">Invalid: a setting is missing or wrong.</exception>
    internal DkimKeyOptions Checked(string name)
    {
        if (string.IsNullOrWhiteSpace(Domain) || string.IsNullOrWhiteSpace(Selector) || string.IsNullOrWhiteSpace(KeyFile))
        {
            throw Refusal.Invalid($"{name}:Domain, {name}:Selector and {name}:KeyFile go together: set all three, or none.");
        }
        if (!DomainName.TryToAscii(Domain.Trim(), out var domain) || domain.Length > LongestDomain
            || !domain.Contains('.', StringComparison.Ordinal) || !Labels().IsMatch(domain))
        {
            throw Refusal.Invalid($"{name}:Domain is not a domain such as example.com.");
        }
        // Domain and selector are written into a header of every mail: allow only DNS labels.
        if (Selector.Length > LongestSelector || !Labels().IsMatch(Selector))
        {
            throw Refusal.Invalid($"{name}:Selector is not one: use letters, digits and hyphens, such as news2026.");
        }
        return this with { Domain = domain, Selector = Selector.ToLowerInvariant() };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\z")]
    private static partial Regex Labels();
}
