using Dapper;
using Npgsql;

namespace Newsletter.Deliveries;

/// <summary>The statements of <see cref="DomainLimits"/>.</summary>
public sealed class DomainLimitStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <returns>The subscribers whose address is in one of the domains, in the given order.</returns>
    public async Task<IReadOnlyList<(long SubscriberId, string Domain)>> InDomainsAsync(
        IReadOnlyCollection<long> subscriberIds, IReadOnlyCollection<string> domains)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<(long, string)>(
            """
            select s.id, split_part(s.email_key, '@', 2) from unnest(@ids) with ordinality t (id, place) join subscribers s on s.id = t.id
            where split_part(s.email_key, '@', 2) = any(@domains) order by t.place
            """, new { ids = subscriberIds.ToArray(), domains = domains.ToArray() })).AsList();
    }

    /// <summary>Releases claimed deliveries; each is due again after its wait.</summary>
    /// <param name="waits">Subscriber id → seconds.</param>
    public async Task PostponeAsync(long editionId, Guid owner, IReadOnlyDictionary<long, double> waits)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update deliveries d set state = 'due', owner = null, reason = 'paced', due_at = @now + t.wait * interval '1 second'
            from unnest(@ids, @waits) as t (id, wait)
            where d.edition_id = @editionId and d.subscriber_id = t.id and d.owner is not distinct from @owner and d.state = 'claimed'
            """, new { editionId, owner, ids = waits.Keys.ToArray(), waits = waits.Values.ToArray(), now = time.GetUtcNow() });
    }
}
