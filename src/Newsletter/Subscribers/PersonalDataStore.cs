using Dapper;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>All stored data about one person, for requests under GDPR articles 15 and 20.</summary>
public sealed class PersonalDataStore(NpgsqlDataSource database)
{
    /// <returns>One JSON document, times in ISO 8601; null when there is no such subscriber.</returns>
    public async Task<string?> ReadAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>(
            """
            select json_build_object(
                'email', s.email, 'name', s.name, 'status', s.status, 'consent', s.consent,
                'createdAt', s.created_at, 'confirmedAt', s.confirmed_at, 'unsubscribedAt', s.unsubscribed_at,
                'roles', array(select l.text from unnest(s.label_ids) with ordinality as u (id, position) join labels l on l.id = u.id order by u.position),
                'topics', s.topics, 'mutedTopics', s.muted_topics, 'cadence', s.cadence, 'weekday', s.weekday, 'timezone', s.timezone,
                'hour', s.hour, 'depth', s.depth, 'tooFew', s.too_few, 'language', s.language, 'pausedUntil', s.paused_until,
                'digestsLeft', (select coalesce(json_agg(json_build_object('digest', d.name, 'leftAt', dl.left_at) order by dl.left_at), '[]')
                                from digest_leavers dl join digests d on d.id = dl.digest_id where dl.subscriber_id = s.id),
                -- Requests by this person or by somebody else, not confirmed yet, and confirmed or ended ones that have not expired yet.
                'signUps', (select coalesce(json_agg(json_build_object(
                                'createdAt', u.created_at, 'expiresAt', u.expires_at, 'endedAt', u.ended_at, 'topics', u.topics,
                                'roles', (select json_agg(l.text order by r.position)
                                          from unnest(u.label_ids) with ordinality as r (id, position) join labels l on l.id = r.id)) order by u.id), '[]')
                            from sign_ups u where u.subscriber_id = s.id),
                'suppressed', (select json_build_object('reason', p.reason, 'since', p.created_at) from suppressions p where p.email_key = s.email_key),
                'editions', (select coalesce(json_agg(json_build_object(
                        'edition', e.id, 'digest', d.name, 'state', dv.state, 'reason', dv.reason, 'endedAt', dv.ended_at, 'reply', dv.reply,
                        -- A plan may still change until its sending begins, and only editors may see it.
                        'items', (select coalesce(json_agg(json_build_object(
                                      'id', c.item_id, 'title', r.content ->> 'title', 'depth', c.depth, 'reasons', c.reasons) order by place), '[]')
                                  -- The encoding of choices in a delivery: see Composition.cs.
                                  from generate_series(0, coalesce(octet_length(dv.choices), 0) - 1, 3) place
                                  join choices c on c.edition_id = dv.edition_id and c.number =
                                      (get_byte(dv.choices, place) << 16) + (get_byte(dv.choices, place + 1) << 8) + get_byte(dv.choices, place + 2)
                                  join item_revisions r on r.id = c.revision_id
                                  where e.started_at is not null)) order by e.id), '[]')
                    from deliveries dv join editions e on e.id = dv.edition_id join digests d on d.id = e.digest_id where dv.subscriber_id = s.id),
                'notices', (select coalesce(json_agg(json_build_object(
                                'kind', n.kind, 'state', n.state, 'createdAt', n.created_at, 'reply', n.reply) order by n.id), '[]')
                            from notices n where n.subscriber_id = s.id))::text
            from subscribers s where s.id = @subscriberId
            """, new { subscriberId });
    }
}
