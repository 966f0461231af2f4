using System.Text.RegularExpressions;
using Newsletter.Addresses;

namespace Newsletter.Dkim;

/// <summary>Section <c>Dkim</c>: the keys that mails are signed with. None: not signed here; the relay may sign.</summary>
public sealed record DkimOptions
{
    /// <summary>With <see cref="Selector"/> and <see cref="KeyFile"/>: the only key, or the first.</summary>
    public string? Domain { get; init; }

    public string? Selector { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Several keys, such as RSA and Ed25519: each gives a signature of its own.</summary>
    public DkimKeyOptions[] Keys { get; init; } = [];

    /// <exception cref="Refusal">Invalid: a part of a key is missing or cannot be.</exception>
    internal IReadOnlyList<DkimKeyOptions> All()
    {
        var first = new DkimKeyOptions { Domain = Domain, Selector = Selector, KeyFile = KeyFile };
        var all = Keys.Select((key, i) => key.Checked($"Dkim:Keys:{i}")).ToList();
        if (first != new DkimKeyOptions())
        {
            all.Insert(0, first.Checked("Dkim"));
        }
        return all.GroupBy(key => (key.Domain, key.Selector)).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw Refusal.Invalid($"Two Dkim keys are published at {twice.Key.Selector}._domainkey.{twice.Key.Domain}, which can hold one: give each a selector of its own.")
            : all;
    }
}

/// <summary>One key: where the public half is published, and the file of the private half.</summary>
public sealed partial record DkimKeyOptions
{
    private const int LongestDomain = 253;
    private const int LongestSelector = 63;

    /// <summary><c>d=</c>: that of the sender's address or one above it, so that DMARC takes the signature for the sender's.</summary>
    public string? Domain { get; init; }

    /// <summary><c>s=</c>: the public key is published as TXT record of <c>selector._domainkey.domain</c>.</summary>
    public string? Selector { get; init; }

    /// <summary>PEM: an RSA key (PKCS#1 or PKCS#8) or an Ed25519 key (PKCS#8), without a passphrase.</summary>
    public string? KeyFile { get; init; }

    /// <param name="name">Of its section.</param>
    internal DkimKeyOptions Checked(string name)
    {
        if (string.IsNullOrWhiteSpace(Domain) || string.IsNullOrWhiteSpace(Selector) || string.IsNullOrWhiteSpace(KeyFile))
        {
            throw Refusal.Invalid($"{name}:Domain, {name}:Selector and {name}:KeyFile go together: set all three, or none.");
        }
        if (!DomainName.TryToAscii(Domain.Trim(), out var domain) || domain.Length > LongestDomain || !domain.Contains('.', StringComparison.Ordinal) || !Labels().IsMatch(domain))
        {
            throw Refusal.Invalid($"{name}:Domain is not a domain such as example.com.");
        }
        // They stand in a header of every mail: nothing but labels.
        if (Selector.Length > LongestSelector || !Labels().IsMatch(Selector))
        {
            throw Refusal.Invalid($"{name}:Selector is not one: use letters, digits and hyphens, such as news2026.");
        }
        return this with { Domain = domain, Selector = Selector.ToLowerInvariant() };
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\z")]
    private static partial Regex Labels();
}
