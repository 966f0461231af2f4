using Dapper;
using Npgsql;

namespace Newsletter.Roles;

/// <summary>The taxonomy's rows. All methods run in the caller's transaction, which seeds, imports or teaches.</summary>
internal static class TaxonomyRowStore
{
    private const long WriteLock = 0x7461786F6E6F6D79; // "taxonomy"

    /// <summary>Advisory lock until the transaction ends: one writer at a time in the whole installation.</summary>
    public static Task LockAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(@WriteLock)", new { WriteLock }, cancellationToken: cancel));

    /// <returns>Null before the first seeding.</returns>
    public static async Task<Taxonomy?> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var version = await connection.ExecuteScalarAsync<int?>(new CommandDefinition("select version from taxonomy_version", cancellationToken: cancel));
        var roles = (await connection.QueryAsync<RoleRow>(new CommandDefinition(
            "select id, slug, name, level, domains, family from roles order by id", cancellationToken: cancel)))
            .Select(r => new Role(r.Id, r.Slug, r.Name, RoleLevels.Parse(r.Level), r.Domains, r.Family)).ToList();
        if (version is null || roles.Count == 0)
        {
            return null;
        }

        var byId = roles.ToDictionary(r => r.Id);
        var forms = await connection.QueryAsync<FormRow>(new CommandDefinition(
            "select narrower_id, broader_id from role_forms order by narrower_id, broader_id", cancellationToken: cancel));
        var neighbours = await connection.QueryAsync<NeighbourRow>(new CommandDefinition(
            "select low_id, high_id, weight from role_neighbours order by low_id, high_id", cancellationToken: cancel));
        var aliases = await connection.QueryAsync<AliasRow>(new CommandDefinition(
            """
            select l.normal, array_agg(lr.role_id order by lr.role_id) as role_ids
            from labels l join label_roles lr on lr.label_id = l.id
            where l.resolved_by in ('taxonomy', 'editor')
            group by l.normal
            """, cancellationToken: cancel));
        // In a read-committed transaction a later query may see a role that the first query did not see. Rows that name such a role are skipped
        // until the next read.
        return new(version.Value, roles,
            aliases.Where(a => a.RoleIds.All(byId.ContainsKey)).ToDictionary(a => a.Normal, a => (IReadOnlyList<Role>)[.. a.RoleIds.Select(id => byId[id])]),
            [.. forms.Where(f => byId.ContainsKey(f.NarrowerId) && byId.ContainsKey(f.BroaderId)).Select(f => (f.NarrowerId, f.BroaderId))],
            neighbours.Where(n => byId.ContainsKey(n.LowId) && byId.ContainsKey(n.HighId)).ToDictionary(n => (n.LowId, n.HighId), n => n.Weight));
    }

    /// <returns>How the labels that name a role were written, by normal form.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> TextsAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        (await connection.QueryAsync<LabelRow>(new CommandDefinition(
            "select text, normal from labels where resolved_by in ('taxonomy', 'editor')", cancellationToken: cancel)))
        .ToDictionary(l => l.Normal, l => l.Text);

    /// <returns>Slugs of the roles that belong to an editor.</returns>
    public static async Task<IReadOnlySet<string>> EditedAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        (await connection.QueryAsync<string>(new CommandDefinition("select slug from roles where origin = 'editor'", cancellationToken: cancel))).ToHashSet();

    /// <summary>Inserts or updates these roles, their forms, and the neighbour weights between them. Writes only rows that differ.</summary>
    /// <param name="wanted">Its ids are not database ids: roles are matched by slug.</param>
    /// <param name="slugs">Roles of <paramref name="wanted"/>; all other roles stay unchanged.</param>
    /// <param name="origin">The new origin of these roles: <c>seeded</c> or <c>editor</c>.</param>
    public static async Task WriteRolesAsync(
        NpgsqlConnection connection, Taxonomy wanted, IReadOnlySet<string> slugs, string origin, CancellationToken cancel)
    {
        var slugOf = wanted.Roles.ToDictionary(r => r.Id, r => r.Slug);
        var roles = wanted.Roles.Where(r => slugs.Contains(r.Slug)).ToList();
        var forms = wanted.Forms.Select(f => (Narrower: slugOf[f.Narrower], Broader: slugOf[f.Broader])).Where(f => slugs.Contains(f.Narrower)).ToList();
        var neighbours = wanted.Neighbours.Select(n => (One: slugOf[n.Key.One], Other: slugOf[n.Key.Other], Weight: n.Value))
            .Where(n => slugs.Contains(n.One) && slugs.Contains(n.Other)).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into roles (slug, name, level, domains, family, origin)
            select slug, name, level, string_to_array(domains, ' '), family, @origin
            from unnest(@slugs, @names, @levels, @domains, @families) with ordinality as g (slug, name, level, domains, family, place)
            order by place
            on conflict (slug) do update
            set name = excluded.name, level = excluded.level, domains = excluded.domains, family = excluded.family, origin = excluded.origin
            where (roles.name, roles.level, roles.domains, roles.family, roles.origin)
                is distinct from (excluded.name, excluded.level, excluded.domains, excluded.family, excluded.origin);

            with wanted as (
                select n.id as narrower_id, b.id as broader_id
                from unnest(@narrower, @broader) as f (narrower, broader)
                join roles n on n.slug = f.narrower join roles b on b.slug = f.broader
            ), gone as (
                -- Only forms between roles of the file: the file must not delete a form to a role that an editor added.
                delete from role_forms f using roles n, roles b
                where n.id = f.narrower_id and b.id = f.broader_id and n.slug = any(@slugs) and b.slug = any(@all)
                    and not exists (select from wanted w where w.narrower_id = f.narrower_id and w.broader_id = f.broader_id)
            )
            insert into role_forms (narrower_id, broader_id) select narrower_id, broader_id from wanted on conflict do nothing;

            with wanted as (
                select least(a.id, b.id) as low_id, greatest(a.id, b.id) as high_id, weight
                from unnest(@ones, @others, @weights) as n (one, other, weight)
                join roles a on a.slug = n.one join roles b on b.slug = n.other
            ), gone as (
                delete from role_neighbours n using roles a, roles b
                where a.id = n.low_id and b.id = n.high_id and a.slug = any(@slugs) and b.slug = any(@slugs)
                    and not exists (select from wanted w where w.low_id = n.low_id and w.high_id = n.high_id)
            )
            insert into role_neighbours (low_id, high_id, weight) select low_id, high_id, weight from wanted
            on conflict (low_id, high_id) do update set weight = excluded.weight where role_neighbours.weight <> excluded.weight
            """,
            new
            {
                origin,
                slugs = roles.Select(r => r.Slug).ToArray(),
                names = roles.Select(r => r.Name).ToArray(),
                levels = roles.Select(r => r.Level.Text()).ToArray(),
                domains = roles.Select(r => string.Join(' ', r.Domains)).ToArray(),
                families = roles.Select(r => r.Family).ToArray(),
                all = wanted.Roles.Select(r => r.Slug).ToArray(),
                narrower = forms.Select(f => f.Narrower).ToArray(),
                broader = forms.Select(f => f.Broader).ToArray(),
                ones = neighbours.Select(n => n.One).ToArray(),
                others = neighbours.Select(n => n.Other).ToArray(),
                weights = neighbours.Select(n => n.Weight).ToArray(),
            }, cancellationToken: cancel));
    }

    /// <summary>
    /// Seeds the program's own labels for roles that do not belong to an editor. Labels that an editor taught or removed stay unchanged.
    /// </summary>
    public static Task SeedLabelsAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Text, string Normal, string Slug)> labels, DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            create temporary table wanted_labels on commit drop as
            select g.text, g.normal, r.id as role_id
            from unnest(@texts, @normals, @slugs) as g (text, normal, slug) join roles r using (slug)
            where r.origin = 'seeded' and not exists (
                select from labels l join label_roles lr on lr.label_id = l.id join roles e on e.id = lr.role_id
                where l.normal = g.normal and l.resolved_by = 'taxonomy' and e.origin = 'editor');

            -- The same order as in LabelStore: two concurrent writers would otherwise deadlock.
            insert into labels (text, normal, resolved_by, first_seen_at)
            select w.text, w.normal, 'taxonomy', @now
            from wanted_labels w left join labels l using (normal)
            where l.id is null or l.resolved_by is null or l.resolved_by = 'resolver'
            order by w.normal collate "C"
            on conflict (normal) do update set resolved_by = 'taxonomy'
            where labels.resolved_by is null or labels.resolved_by = 'resolver';

            -- A label that is no longer in the file is treated as a new one.
            with forgotten as (
                update labels l set resolved_by = null
                where l.resolved_by = 'taxonomy' and not exists (select from wanted_labels w where w.normal = l.normal)
                    and not exists (select from label_roles lr join roles e on e.id = lr.role_id where lr.label_id = l.id and e.origin = 'editor')
                returning id)
            insert into label_clean_up (label_id) select id from forgotten;

            delete from label_roles lr using labels l, roles r
            where l.id = lr.label_id and r.id = lr.role_id
                and (l.resolved_by is null or l.resolved_by = 'taxonomy' and r.origin = 'seeded')
                and not exists (select from wanted_labels w where w.normal = l.normal and w.role_id = lr.role_id);

            insert into label_roles (label_id, role_id)
            select l.id, w.role_id from wanted_labels w join labels l on l.normal = w.normal and l.resolved_by = 'taxonomy'
            on conflict do nothing
            """,
            new
            {
                texts = labels.Select(l => l.Text).ToArray(),
                normals = labels.Select(l => l.Normal).ToArray(),
                slugs = labels.Select(l => l.Slug).ToArray(),
                now,
            }, cancellationToken: cancel));

    /// <summary>Sets the meaning of these labels from an editor's file; a label without roles is treated as a new one.</summary>
    public static Task WriteLabelsAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Text, string Normal, IReadOnlyList<string> Slugs)> labels,
        DateTimeOffset now, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into labels (text, normal, resolved_by, first_seen_at)
            select text, normal, case when known then 'editor' end, @now
            from unnest(@texts, @normals, @known) as g (text, normal, known) order by normal collate "C"
            on conflict (normal) do update set resolved_by = excluded.resolved_by;

            insert into label_clean_up (label_id) select id from labels where normal = any(@normals) and resolved_by is null;

            delete from label_roles lr using labels l where l.id = lr.label_id and l.normal = any(@normals);

            insert into label_roles (label_id, role_id)
            select l.id, r.id from unnest(@roleNormals, @slugs) as g (normal, slug) join labels l using (normal) join roles r using (slug)
            """,
            new
            {
                texts = labels.Select(l => l.Text).ToArray(),
                normals = labels.Select(l => l.Normal).ToArray(),
                known = labels.Select(l => l.Slugs.Count > 0).ToArray(),
                roleNormals = labels.SelectMany(l => l.Slugs.Select(_ => l.Normal)).ToArray(),
                slugs = labels.SelectMany(l => l.Slugs).ToArray(),
                now,
            }, cancellationToken: cancel));

    /// <summary>
    /// Resolves again the labels whose meaning neither the taxonomy nor an editor defines, so that a new meaning applies to existing items and
    /// readers.
    /// </summary>
    /// <param name="understood">Also labels that the resolver understood before; the result may be different now.</param>
    /// <param name="within">Only labels that contain this normal form.</param>
    public static async Task ResolveAgainAsync(NpgsqlConnection connection, bool understood, string within, CancellationToken cancel)
    {
        var labels = (await connection.QueryAsync<ResolvedRow>(new CommandDefinition(
            """
            select id, text, array(select role_id from label_roles lr where lr.label_id = l.id order by role_id) as role_ids
            from labels l
            where (resolved_by is null or @understood and resolved_by = 'resolver') and position(@within in normal) > 0
            order by normal collate "C" for update
            """, new { understood, within }, cancellationToken: cancel))).AsList();
        if (labels.Count == 0)
        {
            return;
        }

        var resolver = new LabelResolver(await ReadAsync(connection, cancel) ?? throw new InvalidOperationException("There are no roles to resolve to."));
        var changed = labels.Select(l => (l.Id, Before: l.RoleIds, Roles: resolver.RolesOf(l.Text).Select(r => r.Id).ToList()))
            .Where(l => !l.Roles.Order().SequenceEqual(l.Before)).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            delete from label_roles where label_id = any(@labels);
            insert into label_roles (label_id, role_id) select * from unnest(@ofLabels, @roles);
            update labels l set resolved_by = case when exists (select from label_roles lr where lr.label_id = l.id) then 'resolver' end
            where id = any(@labels)
            """,
            new
            {
                labels = changed.Select(l => l.Id).ToArray(),
                ofLabels = changed.SelectMany(l => l.Roles.Select(_ => l.Id)).ToArray(),
                roles = changed.SelectMany(l => l.Roles).ToArray(),
            }, cancellationToken: cancel));
    }

    /// <param name="atLeast">The file's own version: the new version is not lower.</param>
    /// <returns>The new version.</returns>
    public static Task<int> NextVersionAsync(NpgsqlConnection connection, int atLeast, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "update taxonomy_version set version = greatest(version + 1, @atLeast) returning version", new { atLeast }, cancellationToken: cancel));

    /// <summary>Records that the program's own taxonomy is seeded; the version increases if that taxonomy is newer.</summary>
    public static Task SeededAsync(NpgsqlConnection connection, int version, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into taxonomy_version (version, seeded) values (@version, @version)
            on conflict (only_row) do update set version = greatest(taxonomy_version.version + 1, @version), seeded = @version
            where taxonomy_version.seeded < @version
            """, new { version }, cancellationToken: cancel));

    private sealed record RoleRow
    {
        public required int Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required string Level { get; init; }
        public required string[] Domains { get; init; }
        public required string Family { get; init; }
    }

    private sealed record FormRow
    {
        public required int NarrowerId { get; init; }
        public required int BroaderId { get; init; }
    }

    private sealed record NeighbourRow
    {
        public required int LowId { get; init; }
        public required int HighId { get; init; }
        public required double Weight { get; init; }
    }

    private sealed record AliasRow
    {
        public required string Normal { get; init; }
        public required int[] RoleIds { get; init; }
    }

    private sealed record LabelRow
    {
        public required string Text { get; init; }
        public required string Normal { get; init; }
    }

    private sealed record ResolvedRow
    {
        public required int Id { get; init; }
        public required string Text { get; init; }
        public required int[] RoleIds { get; init; }
    }
}
