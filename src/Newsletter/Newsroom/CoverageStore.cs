using System.Globalization;
using Dapper;
using Newsletter.Choosing;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Newsroom;

/// <summary>Counts an edition's mails and readers in groups. Reads no rows per reader, except for one pass over the mails.</summary>
public sealed class CoverageStore(NpgsqlDataSource database)
{
    /// <summary>Confirmed subscribers grouped by labels.</summary>
    internal async Task<IReadOnlyList<LabelGroup>> ReadersAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<LabelGroup>(new CommandDefinition(
            "select label_ids, 0 as items, count(*) as readers from subscribers where status = 'confirmed' and label_ids <> '{}' group by label_ids",
            commandTimeout: 0, cancellationToken: cancel))).AsList();
    }

    /// <summary>Readers of an edition, grouped by labels and number of items; without suppressed addresses.</summary>
    internal async Task<IReadOnlyList<LabelGroup>> PeopleAsync(long editionId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<LabelGroup>(new CommandDefinition(
            $$"""
            select s.label_ids, coalesce(length(d.choices) / {{Composition.BytesPerChoice}}, 0) as items, count(*) as readers
            from deliveries d join subscribers s on s.id = d.subscriber_id
            where d.edition_id = @editionId and d.reason is distinct from 'suppressed' and s.label_ids <> '{}'
            group by 1, 2
            """, new { editionId }, commandTimeout: 0, cancellationToken: cancel))).AsList();
    }

    /// <summary>Role id → number of mails with at least one item chosen for the role.</summary>
    internal async Task<IReadOnlyDictionary<int, long>> MailsAsync(long editionId, CancellationToken cancel)
    {
        var mails = new Dictionary<int, long>();
        var last = new Dictionary<int, long>();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var roles = (await connection.QueryAsync<(int Number, int[] RoleIds)>(new CommandDefinition(
            "select number, role_ids from choices where edition_id = @editionId", new { editionId }, cancellationToken: cancel)))
            .ToDictionary(choice => choice.Number, choice => choice.RoleIds);
        await using var rows = await CopyReader.OpenAsync(connection, 1, string.Create(
            CultureInfo.InvariantCulture, $"select choices from deliveries where edition_id = {editionId} and choices is not null"), cancel);
        for (var mail = 1L; await rows.ReadAsync(cancel); mail++)
        {
            var composition = rows.Bytes(0);
            for (var place = 0; place < composition.Length / Composition.BytesPerChoice; place++)
            {
                // Unknown if the edition was replanned after its choices were read.
                foreach (var role in roles.GetValueOrDefault(Composition.Read(composition, place), []))
                {
                    if (last.GetValueOrDefault(role) != mail)
                    {
                        last[role] = mail;
                        mails[role] = mails.GetValueOrDefault(role) + 1;
                    }
                }
            }
        }
        return mails;
    }

    /// <summary>Role id → start of sending of the latest edition with a sent mail and an item chosen for the role.</summary>
    internal async Task<IReadOnlyDictionary<int, DateTimeOffset>> LastSentAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<RoleSent>(new CommandDefinition(
            """
            select role_id, max(e.started_at) as at
            from editions e join choices c on c.edition_id = e.id, unnest(c.role_ids) as role_id
            where e.started_at is not null and exists (select from deliveries d where d.edition_id = e.id and d.state = 'sent')
            group by role_id
            """, commandTimeout: 0, cancellationToken: cancel))).ToDictionary(row => row.RoleId, row => row.At);
    }

    private sealed record RoleSent
    {
        public required int RoleId { get; init; }
        public required DateTimeOffset At { get; init; }
    }
}

/// <summary>Readers with the same labels and the same number of items.</summary>
internal sealed record LabelGroup
{
    public required int[] LabelIds { get; init; }
    public required int Items { get; init; }
    public required long Readers { get; init; }
}
