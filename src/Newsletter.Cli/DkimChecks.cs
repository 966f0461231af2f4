using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Dkim;

namespace Newsletter.Cli;

/// <summary>Information about the configured DKIM keys: which records to publish, and which keys are weak or not aligned.</summary>
internal static class DkimChecks
{
    /// <summary>One sentence for each key that receivers will not value.</summary>
    /// <exception cref="Refusal">Invalid: a key is missing or cannot be used.</exception>
    public static IEnumerable<string> Weaknesses(IServiceProvider services) =>
        services.GetRequiredService<DkimSigner>().Keys.Select(key => (key, Weakness: WeaknessOf(key, services)))
            .Where(found => found.Weakness is not null).Select(found => $"The Dkim key of {found.key.RecordName}: {found.Weakness}.");

    /// <summary>The record to publish.</summary>
    /// <exception cref="Refusal">Invalid: receivers will not value the key; the message says why.</exception>
    public static string Record(DkimKey key, IServiceProvider services) =>
        WeaknessOf(key, services) is { } weakness
            ? throw Refusal.Invalid($"{key.RecordName}: {weakness}")
            : $"{key.RecordName} TXT \"{key.Record}\"";

    private static string? WeaknessOf(DkimKey key, IServiceProvider services)
    {
        var sender = services.GetRequiredService<IOptions<SenderOptions>>().Value;
        return key.IsAlignedWith(sender.Domain)
            ? key.Weakness
            : $"it signs for {key.Domain}, but mails come from {sender.Domain}, so DMARC fails: set Dkim:Domain to the domain of Sender:Address";
    }
}
