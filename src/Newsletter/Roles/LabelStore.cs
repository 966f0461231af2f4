using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Roles;

/// <summary>Stores labels and the roles that they mean.</summary>
public sealed class LabelStore(NpgsqlDataSource database, TaxonomyStore taxonomy, AuditStore audit, TimeProvider clock)
{
    /// <summary>
    /// Stores labels and returns their ids, in the given order. A new label is resolved; a label that cannot be resolved is stored too and waits
    /// in the review queue. Safe for concurrent calls with the same labels.
    /// </summary>
    /// <param name="connection">
    /// Open. The caller's connection, so that the labels are committed or rolled back together with the rows that use them.
    /// </param>
    /// <exception cref="Refusal">Invalid when a label is too long or has no letter or digit.</exception>
    public async Task<IReadOnlyList<int>> RecordAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<string> labels, CancellationToken cancel = default)
    {
        var normals = labels.Select(RoleLabel.Normalise).ToList();
        var ids = await FindAsync(connection, transaction, normals, cancel);
        if (normals.Exists(n => !ids.ContainsKey(n)))
        {
            var resolver = await taxonomy.ResolverAsync(connection, cancel);
            var missing = labels.Zip(normals).Where(l => !ids.ContainsKey(l.Second)).DistinctBy(l => l.Second)
                .Select(l => (Text: RoleLabel.Clean(l.First), Normal: l.Second, Roles: resolver.RolesOf(l.First))).ToList();
            await InsertAsync(connection, transaction, missing, cancel);
            ids = await FindAsync(connection, transaction, normals, cancel);
        }
        return [.. normals.Select(n => ids[n])];
    }

    /// <summary>How many of these labels are not stored yet.</summary>
    /// <exception cref="Refusal">As <see cref="RecordAsync"/>.</exception>
    internal async Task<int> CountNewAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<string> labels, CancellationToken cancel = default)
    {
        // This stores the taxonomy's own labels if they are missing: they must not count as new.
        await taxonomy.ResolverAsync(connection, cancel);
        var normals = labels.Select(RoleLabel.Normalise).Distinct().ToList();
        return normals.Count - (await FindAsync(connection, transaction, normals, cancel)).Count;
    }

    private static async Task<Dictionary<string, int>> FindAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<string> normals, CancellationToken cancel) =>
        (await connection.QueryAsync<LabelRow>(new CommandDefinition(
            // Locked against deletion until the rows that use the labels are stored.
            $"select id, normal from labels where normal = any(@normals){(transaction is null ? "" : " for key share")}",
            new { normals = normals.Distinct().ToArray() }, transaction, cancellationToken: cancel)))
        .ToDictionary(r => r.Normal, r => r.Id);

    private async Task InsertAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction,
        List<(string Text, string Normal, IReadOnlyList<Role> Roles)> labels, CancellationToken cancel)
    {
        // Ordered insert: two concurrent imports would otherwise deadlock. One statement inserts a label and its roles, so that only the
        // transaction that inserted the label defines its meaning.
        await connection.ExecuteAsync(new CommandDefinition(
            """
            with given as (
                select * from unnest(@texts, @normals, @known) as g (text, normal, known)
            ), added as (
                insert into labels (text, normal, resolved_by, first_seen_at)
                select text, normal, case when known then 'resolver' end, @now
                from given order by normal collate "C"
                on conflict (normal) do nothing
                returning id, normal
            )
            insert into label_roles (label_id, role_id)
            select added.id, r.role_id
            from unnest(@roleNormals, @roleIds) as r (normal, role_id) join added using (normal)
            """,
            new
            {
                texts = labels.Select(l => l.Text).ToArray(),
                normals = labels.Select(l => l.Normal).ToArray(),
                known = labels.Select(l => l.Roles.Count > 0).ToArray(),
                roleNormals = labels.SelectMany(l => l.Roles.Select(_ => l.Normal)).ToArray(),
                roleIds = labels.SelectMany(l => l.Roles.Select(r => r.Id)).ToArray(),
                now = clock.GetUtcNow(),
            },
            transaction, cancellationToken: cancel));
    }

    /// <summary>Labels without roles that an item or a subscriber has, most used first, with suggestions.</summary>
    /// <param name="limit">Needed because a million readers may have typed a hundred thousand unknown titles.</param>
    public async Task<ReviewQueue> ReviewAsync(int limit, CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var unknown = (await connection.QueryAsync<WaitingLabel>(new CommandDefinition(
            """
            with unknown as (
                select id, text from labels l where not exists (select from label_roles r where r.label_id = l.id)
            ), carried as (
                -- Count an item once, even if both its list and its key takeaway name the label.
                select label_id, count(*) as items from (
                    select il.label_id, il.item_id from item_labels il join items i on i.id = il.item_id where i.archived_at is null
                    union
                    select addressed_label_id, id from items where addressed_label_id is not null and archived_at is null
                ) c group by label_id
            ), held as (
                select label_id, count(*) as people
                from subscribers s, unnest(s.label_ids) as label_id
                where s.status <> 'unsubscribed'
                group by label_id
            )
            select u.id as "Id", u.text as "Text", coalesce(c.items, 0)::int as "Items", coalesce(h.people, 0)::int as "Subscribers",
                   count(*) over ()::int as "Waiting"
            from unknown u left join carried c on c.label_id = u.id left join held h on h.label_id = u.id
            where c.items > 0 or h.people > 0
            order by coalesce(c.items, 0) + coalesce(h.people, 0) desc, u.text
            limit @limit
            """, new { limit }, commandTimeout: 0, cancellationToken: cancel))).AsList();
        var resolver = await taxonomy.ResolverAsync(cancel);
        return new(unknown.FirstOrDefault()?.Waiting ?? 0,
            [.. unknown.Select(u => new UnknownLabel
            {
                Id = u.Id, Text = u.Text, Items = u.Items, Subscribers = u.Subscribers, Suggestions = resolver.Resolve(u.Text).Suggestions,
            })]);
    }

    /// <summary>
    /// Records what an editor says a label means, for everything that has the label now or later. The label need not be in use yet. Labels that
    /// contain it are resolved again. A meaning that the resolver found is replaced.
    /// </summary>
    /// <param name="slugs">At least one role.</param>
    /// <exception cref="Refusal">
    /// NotFound: a role does not exist. Conflict: the label already means another role, by the taxonomy or as taught.
    /// </exception>
    public async Task<IReadOnlyList<Role>> TeachAsync(string label, IReadOnlyList<string> slugs, string actor, CancellationToken cancel = default)
    {
        var normal = RoleLabel.Normalise(label);
        var known = await taxonomy.LoadAsync(cancel);
        var roles = slugs.Select(known.Get).Distinct().ToList();
        if (roles.Count == 0)
        {
            throw Refusal.Invalid($"Name at least one role that \"{label}\" means.");
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await TaxonomyRowStore.LockAsync(connection, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into labels (text, normal, first_seen_at) values (@text, @normal, @now)
            on conflict (normal) do update set text = labels.text
            """, new { text = RoleLabel.Clean(label), normal, now = clock.GetUtcNow() }, transaction, cancellationToken: cancel));
        var (taken, isTaught) = await MeaningAsync(connection, transaction, normal, cancel);
        if (taken.Count > 0)
        {
            return taken.ToHashSet().SetEquals(roles.Select(r => r.Slug)) ? roles
                : throw Refusal.Conflict($"\"{RoleLabel.Shown(label)}\" already means {string.Join(" and ", taken)}: {(isTaught
                    ? "an editor taught it; remove this with 'newsletter roles unteach'"
                    : "the taxonomy defines it; change it with 'newsletter roles import'")}.");
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from label_roles using labels l where label_id = l.id and l.normal = @normal;
            insert into label_roles (label_id, role_id) select l.id, unnest(@ids) from labels l where l.normal = @normal;
            update labels set resolved_by = 'editor' where normal = @normal
            """, new { normal, ids = roles.Select(r => r.Id).ToArray() }, transaction, cancellationToken: cancel));
        await TaxonomyRowStore.ResolveAgainAsync(connection, understood: true, within: normal, cancel);
        await TaxonomyRowStore.NextVersionAsync(connection, 0, cancel);
        await audit.RecordAsync(connection, transaction, actor, "label taught", $"label {RoleLabel.Clean(label)}");
        await transaction.CommitAsync(cancel);
        taxonomy.Forget();
        return roles;
    }

    /// <summary>Removes the meaning that an editor taught. The label is resolved again; if that fails, it waits in the review queue.</summary>
    /// <exception cref="Refusal">NotFound: no editor taught this label.</exception>
    public async Task UnteachAsync(string label, string actor, CancellationToken cancel = default)
    {
        var normal = RoleLabel.Normalise(label);
        await taxonomy.LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await TaxonomyRowStore.LockAsync(connection, cancel);
        if (await MeaningAsync(connection, transaction, normal, cancel) is not { IsTaught: true })
        {
            throw Refusal.NotFound($"No editor taught a meaning of \"{RoleLabel.Shown(label)}\": there is nothing to remove.");
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from label_roles using labels l where label_id = l.id and l.normal = @normal;
            with untaught as (update labels set resolved_by = null where normal = @normal returning id)
            insert into label_clean_up (label_id) select id from untaught
            """, new { normal }, transaction, cancellationToken: cancel));
        await TaxonomyRowStore.ResolveAgainAsync(connection, understood: true, within: normal, cancel);
        await TaxonomyRowStore.NextVersionAsync(connection, 0, cancel);
        await audit.RecordAsync(connection, transaction, actor, "label untaught", $"label {RoleLabel.Clean(label)}");
        await transaction.CommitAsync(cancel);
        taxonomy.Forget();
    }

    /// <summary>
    /// What a label means by the taxonomy or as taught; no roles when only the resolver understands it, or when its meaning is unknown.
    /// </summary>
    private static async Task<(IReadOnlyList<string> Slugs, bool IsTaught)> MeaningAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string normal, CancellationToken cancel)
    {
        var rows = (await connection.QueryAsync<(string Slug, bool IsTaught)>(new CommandDefinition(
            """
            select r.slug, l.resolved_by = 'editor'
            from labels l join label_roles lr on lr.label_id = l.id join roles r on r.id = lr.role_id
            where l.normal = @normal and l.resolved_by in ('taxonomy', 'editor')
            order by r.slug
            """, new { normal }, transaction, cancellationToken: cancel))).AsList();
        return ([.. rows.Select(r => r.Slug)], rows.Exists(r => r.IsTaught));
    }

    /// <summary>Label id → ids of the roles it means; labels without roles are not in it.</summary>
    public async Task<IReadOnlyDictionary<int, IReadOnlyList<int>>> RolesByLabelAsync(CancellationToken cancel = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await RolesByLabelAsync(connection, cancel);
    }

    /// <summary>As <see cref="RolesByLabelAsync(CancellationToken)"/>, in the snapshot of the caller's transaction.</summary>
    internal static async Task<IReadOnlyDictionary<int, IReadOnlyList<int>>> RolesByLabelAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var rows = await connection.QueryAsync<LabelRole>(new CommandDefinition(
            """select label_id as "LabelId", role_id as "RoleId" from label_roles order by label_id, role_id""", cancellationToken: cancel));
        return rows.GroupBy(r => r.LabelId).ToDictionary(g => g.Key, g => (IReadOnlyList<int>)[.. g.Select(r => r.RoleId)]);
    }

    private sealed record WaitingLabel
    {
        public required int Id { get; init; }
        public required string Text { get; init; }
        public required int Items { get; init; }
        public required int Subscribers { get; init; }
        public required int Waiting { get; init; }
    }

    private sealed record LabelRow
    {
        public required int Id { get; init; }
        public required string Normal { get; init; }
    }

    private sealed record LabelRole
    {
        public required int LabelId { get; init; }
        public required int RoleId { get; init; }
    }
}
