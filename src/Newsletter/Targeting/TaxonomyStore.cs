using Dapper;
using Npgsql;

namespace Newsletter.Targeting;

/// <summary>
/// The taxonomy in the database. Seeding and teaching write it; readers keep it in memory for <see cref="Fresh"/>, so what
/// another process taught is known here within that time. One per process.
/// </summary>
public sealed class TaxonomyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a loaded taxonomy is used before it is read again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private const long SeedLock = 0x7461786F6E6F6D79; // "taxonomy"

    private sealed record Kept(LabelResolver Resolver, DateTimeOffset At);

    private Kept? kept;

    /// <summary>Roles, labels and forms with the database's ids; seeds first where there are none.</summary>
    public async Task<Taxonomy> LoadAsync(CancellationToken cancel = default) => (await ResolverAsync(cancel)).Taxonomy;

    /// <summary>A resolver over <see cref="LoadAsync"/>: it knows what editors taught.</summary>
    public async Task<LabelResolver> ResolverAsync(CancellationToken cancel = default)
    {
        if (IsFresh)
        {
            return kept!.Resolver;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ResolverAsync(connection, cancel);
    }

    /// <summary>
    /// Read over the caller's connection: whoever holds one must not wait for a second, or as many callers as the pool has
    /// connections wait for each other.
    /// </summary>
    internal async Task<LabelResolver> ResolverAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (IsFresh)
        {
            return kept!.Resolver;
        }

        var taxonomy = await ReadAsync(connection, cancel);
        if (taxonomy is null)
        {
            await SeedAsync(cancel);
            taxonomy = await ReadAsync(connection, cancel) ?? throw new InvalidOperationException("Seeding left no roles.");
        }
        var resolver = new LabelResolver(taxonomy);
        kept = new(resolver, clock.GetUtcNow());
        return resolver;
    }

    private bool IsFresh => kept is { } k && clock.GetUtcNow() - k.At < Fresh;

    /// <summary>Reads again at the next use.</summary>
    public void Forget() => kept = null;

    /// <summary>
    /// Brings the program's taxonomy into the database: new and changed roles, forms and labels. What an editor taught
    /// stays. Then tries again the labels that nobody understood, so that a newer taxonomy reaches items already there.
    /// Safe to run at every start, on several machines at once; writes nothing when nothing changed.
    /// </summary>
    public Task SeedAsync(CancellationToken cancel = default) => SeedAsync(TaxonomyFile.Embedded(), cancel);

    /// <summary>As <see cref="SeedAsync(CancellationToken)"/>, from another file.</summary>
    /// <exception cref="Refusal">Invalid when the file contradicts itself; nothing is changed then.</exception>
    public async Task SeedAsync(TaxonomyFile file, CancellationToken cancel = default)
    {
        var wanted = Taxonomy.From(file);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(@SeedLock)", new { SeedLock }, transaction, cancellationToken: cancel));
        await WriteRolesAsync(connection, wanted, cancel);
        await WriteLabelsAsync(connection, file, cancel);
        await ResolveUnknownAsync(connection, cancel);
        await transaction.CommitAsync(cancel);
        Forget();
    }

    private static async Task WriteRolesAsync(NpgsqlConnection connection, Taxonomy wanted, CancellationToken cancel)
    {
        var slugs = wanted.Roles.ToDictionary(r => r.Id, r => r.Slug);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into roles (slug, name, level, domains)
            select slug, name, level, string_to_array(domains, ' ')
            from unnest(@slugs, @names, @levels, @domains) with ordinality as g (slug, name, level, domains, place)
            order by place
            on conflict (slug) do update set name = excluded.name, level = excluded.level, domains = excluded.domains
            where (roles.name, roles.level, roles.domains) is distinct from (excluded.name, excluded.level, excluded.domains);

            with wanted as (
                select n.id as narrower_id, b.id as broader_id
                from unnest(@narrower, @broader) as f (narrower, broader)
                join roles n on n.slug = f.narrower join roles b on b.slug = f.broader
            ), gone as (
                -- Only between roles of the file: a form of a role that an editor added is not the file's to take away.
                delete from role_forms f using roles n, roles b
                where n.id = f.narrower_id and b.id = f.broader_id and n.slug = any(@slugs) and b.slug = any(@slugs)
                    and not exists (select from wanted w where w.narrower_id = f.narrower_id and w.broader_id = f.broader_id)
            )
            insert into role_forms (narrower_id, broader_id) select narrower_id, broader_id from wanted on conflict do nothing
            """,
            new
            {
                slugs = wanted.Roles.Select(r => r.Slug).ToArray(),
                names = wanted.Roles.Select(r => r.Name).ToArray(),
                levels = wanted.Roles.Select(r => r.Level.Text()).ToArray(),
                domains = wanted.Roles.Select(r => string.Join(' ', r.Domains)).ToArray(),
                narrower = wanted.Forms.Select(f => slugs[f.Narrower]).ToArray(),
                broader = wanted.Forms.Select(f => slugs[f.Broader]).ToArray(),
            }, cancellationToken: cancel));
    }

    private async Task WriteLabelsAsync(NpgsqlConnection connection, TaxonomyFile file, CancellationToken cancel)
    {
        var labels = file.Roles
            .SelectMany(r => r.Aliases.Prepend(r.Name).Select(text => (Text: RoleLabel.Clean(text), Normal: RoleLabel.Normalise(text), r.Slug)))
            .DistinctBy(l => l.Normal).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            create temporary table wanted_labels on commit drop as
            select g.text, g.normal, r.id as role_id
            from unnest(@texts, @normals, @slugs) as g (text, normal, slug) join roles r using (slug);

            -- In one order everywhere (see LabelStore): two writers wait for each other, never in a circle.
            insert into labels (text, normal, resolved_by, first_seen_at)
            select w.text, w.normal, 'taxonomy', @now
            from wanted_labels w left join labels l using (normal)
            where l.id is null or l.resolved_by is null or l.resolved_by = 'resolver'
            order by w.normal collate "C"
            on conflict (normal) do update set resolved_by = 'taxonomy'
            where labels.resolved_by is null or labels.resolved_by = 'resolver';

            -- A label the file no longer holds is as if it were met for the first time.
            update labels l set resolved_by = null
            where l.resolved_by = 'taxonomy' and not exists (select from wanted_labels w where w.normal = l.normal);

            delete from label_roles lr using labels l
            where l.id = lr.label_id and (l.resolved_by is null or l.resolved_by = 'taxonomy')
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
                now = clock.GetUtcNow(),
            }, cancellationToken: cancel));
    }

    private static async Task ResolveUnknownAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var unknown = (await connection.QueryAsync<LabelRow>(new CommandDefinition(
            """select id, text from labels where resolved_by is null order by id for update""", cancellationToken: cancel))).AsList();
        if (unknown.Count == 0)
        {
            return;
        }

        var resolver = new LabelResolver(await ReadAsync(connection, cancel) ?? throw new InvalidOperationException("Seeding left no roles."));
        var known = unknown.Select(l => (l.Id, resolver.Resolve(l.Text).Roles)).Where(l => l.Roles.Count > 0).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into label_roles (label_id, role_id) select * from unnest(@labels, @roles) on conflict do nothing;
            update labels set resolved_by = 'resolver' where id = any(@labels)
            """,
            new
            {
                labels = known.SelectMany(l => l.Roles.Select(_ => l.Id)).ToArray(),
                roles = known.SelectMany(l => l.Roles.Select(r => r.Id)).ToArray(),
            }, cancellationToken: cancel));
    }

    private static async Task<Taxonomy?> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var roles = (await connection.QueryAsync<RoleRow>(new CommandDefinition(
            "select id, slug, name, level, domains from roles order by id", cancellationToken: cancel)))
            .Select(r => new Role(r.Id, r.Slug, r.Name, RoleLevels.Parse(r.Level), r.Domains)).ToList();
        if (roles.Count == 0)
        {
            return null;
        }

        var byId = roles.ToDictionary(r => r.Id);
        var forms = await connection.QueryAsync<FormRow>(new CommandDefinition(
            "select narrower_id, broader_id from role_forms", cancellationToken: cancel));
        var aliases = await connection.QueryAsync<AliasRow>(new CommandDefinition(
            """
            select l.normal, array_agg(lr.role_id order by lr.role_id) as role_ids
            from labels l join label_roles lr on lr.label_id = l.id
            where l.resolved_by in ('taxonomy', 'editor')
            group by l.normal
            """, cancellationToken: cancel));
        // The caller's transaction may see a role that came after the first query: what names it is left for the next reading.
        return new(roles,
            aliases.Where(a => a.RoleIds.All(byId.ContainsKey)).ToDictionary(a => a.Normal, a => (IReadOnlyList<Role>)[.. a.RoleIds.Select(id => byId[id])]),
            [.. forms.Where(f => byId.ContainsKey(f.NarrowerId) && byId.ContainsKey(f.BroaderId)).Select(f => (f.NarrowerId, f.BroaderId))]);
    }

    private sealed record LabelRow
    {
        public required int Id { get; init; }
        public required string Text { get; init; }
    }

    private sealed record RoleRow
    {
        public required int Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required string Level { get; init; }
        public required string[] Domains { get; init; }
    }

    private sealed record FormRow
    {
        public required int NarrowerId { get; init; }
        public required int BroaderId { get; init; }
    }

    private sealed record AliasRow
    {
        public required string Normal { get; init; }
        public required int[] RoleIds { get; init; }
    }
}
