using Dapper;
using Microsoft.Extensions.Options;
using Newsletter.Smtp;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>
/// Holds back what a domain is not to get yet (<c>Smtp:Domains</c>), so that it keeps up nothing that is for others: it waits as
/// a row until its turn is likely to come.
/// </summary>
public sealed class DomainLimits(NpgsqlDataSource database, SendingLimitStore limits, IOptions<SmtpOptions> options, TimeProvider time)
{
    private readonly IReadOnlyDictionary<string, double> rates = options.Value.DomainRates();

    /// <returns>Those of the claimed that may go now.</returns>
    public async Task<IReadOnlyList<ClaimedDelivery>> HoldBackAsync(long editionId, Guid owner, IReadOnlyList<ClaimedDelivery> claimed)
    {
        if (rates.Count == 0 || claimed.Count == 0)
        {
            return claimed;
        }
        await using var connection = await database.OpenConnectionAsync();
        var limited = await connection.QueryAsync<(long Id, string Domain)>(
            """
            select s.id, split_part(s.email_key, '@', 2) from unnest(@ids) with ordinality t (id, place) join subscribers s on s.id = t.id
            where split_part(s.email_key, '@', 2) = any(@domains) order by t.place
            """, new { ids = claimed.Select(c => c.SubscriberId).ToArray(), domains = rates.Keys.ToArray() });
        var waits = new Dictionary<long, double>();
        foreach (var domain in limited.GroupBy(row => row.Domain))
        {
            var readers = domain.Select(row => row.Id).ToList();
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
        await connection.ExecuteAsync(
            """
            update deliveries d set state = 'due', owner = null, reason = 'paced', due_at = @now + t.wait * interval '1 second'
            from unnest(@ids, @waits) as t (id, wait)
            where d.edition_id = @editionId and d.subscriber_id = t.id and d.owner is not distinct from @owner and d.state = 'claimed'
            """, new { editionId, owner, ids = waits.Keys.ToArray(), waits = waits.Values.ToArray(), now = time.GetUtcNow() });
        return claimed.Where(c => !waits.ContainsKey(c.SubscriberId)).ToList();
    }
}
