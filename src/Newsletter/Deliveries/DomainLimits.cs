using Microsoft.Extensions.Options;
using Newsletter.Smtp;

namespace Newsletter.Deliveries;

/// <summary>
/// Limits the rate per recipient domain (<c>Smtp:Domains</c>). Deliveries beyond the rate wait in the queue until they are likely to
/// be allowed, so that they do not block deliveries to other domains.
/// </summary>
public sealed class DomainLimits(DomainLimitStore store, SendingLimitStore limits, IOptions<SmtpOptions> options)
{
    private readonly IReadOnlyDictionary<string, double> rates = options.Value.DomainRates();

    /// <returns>The claimed deliveries that may be sent now.</returns>
    public async Task<IReadOnlyList<ClaimedDelivery>> HoldBackAsync(long editionId, Guid owner, IReadOnlyList<ClaimedDelivery> claimed)
    {
        if (rates.Count == 0 || claimed.Count == 0)
        {
            return claimed;
        }
        var limited = await store.InDomainsAsync([.. claimed.Select(c => c.SubscriberId)], [.. rates.Keys]);
        var waits = new Dictionary<long, double>();
        foreach (var domain in limited.GroupBy(row => row.Domain))
        {
            var readers = domain.Select(row => row.SubscriberId).ToList();
            var granted = await limits.TakeAsync($"domain {domain.Key}", rates[domain.Key], readers.Count);
            for (var place = granted; place < readers.Count; place++)
            {
                waits[readers[place]] = (place - granted + 1) / rates[domain.Key];
            }
        }
        if (waits.Count == 0)
        {
            return claimed;
        }
        await store.PostponeAsync(editionId, owner, waits);
        return claimed.Where(c => !waits.ContainsKey(c.SubscriberId)).ToList();
    }
}
