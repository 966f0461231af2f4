using Npgsql;

namespace Newsletter.Roles;

/// <summary>
/// The taxonomy in the database. Seeding, importing and teaching write it; readers keep it in memory for <see cref="Fresh"/>,
/// so what another process taught is known here within that time. One per process.
/// </summary>
public sealed class TaxonomyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a loaded taxonomy is used before it is read again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private sealed record Kept(LabelResolver Resolver, DateTimeOffset At);

    private Kept? kept;

    /// <summary>Roles, labels, forms and neighbours with the database's ids; seeds first where there are none.</summary>
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

        var taxonomy = await TaxonomyRowStore.ReadAsync(connection, cancel);
        if (taxonomy is null)
        {
            await SeedAsync(cancel);
            taxonomy = await ReadAsync(connection, cancel);
        }
        var resolver = new LabelResolver(taxonomy);
        kept = new(resolver, clock.GetUtcNow());
        return resolver;
    }

    /// <summary>
    /// As the caller's transaction sees it, however fresh what is kept here. Whoever may be the first of all calls
    /// <see cref="LoadAsync"/> before the transaction begins.
    /// </summary>
    internal static async Task<Taxonomy> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await TaxonomyRowStore.ReadAsync(connection, cancel) ?? throw new InvalidOperationException("Seeding left no roles.");

    private bool IsFresh => kept is { } k && clock.GetUtcNow() - k.At < Fresh;

    /// <summary>Reads again at the next use.</summary>
    public void Forget() => kept = null;

    /// <summary>The whole taxonomy as one file, with what editors taught, as <see cref="TaxonomyImport"/> takes it.</summary>
    public async Task<TaxonomyFile> ExportAsync(CancellationToken cancel = default)
    {
        await LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var taxonomy = await ReadAsync(connection, cancel);
        return TaxonomyFile.Of(taxonomy, await TaxonomyRowStore.TextsAsync(connection, cancel));
    }

    /// <summary>
    /// Brings the program's taxonomy into the database: new and changed roles, forms, neighbours and labels. What an editor
    /// taught or imported stays. Then tries again the labels that nobody understood, so that a newer taxonomy reaches items
    /// already there. Safe to run at every start, on several machines at once; writes nothing when nothing changed.
    /// </summary>
    public Task SeedAsync(CancellationToken cancel = default) => SeedAsync(TaxonomyFile.Embedded(), cancel);

    /// <summary>As <see cref="SeedAsync(CancellationToken)"/>, from another file.</summary>
    /// <exception cref="Refusal">Invalid when the file contradicts itself; nothing is changed then.</exception>
    public async Task SeedAsync(TaxonomyFile file, CancellationToken cancel = default)
    {
        var wanted = TaxonomyParser.Read(file);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await TaxonomyRowStore.LockAsync(connection, cancel);
        var edited = await TaxonomyRowStore.EditedAsync(connection, cancel);
        if (edited.Count > 0 && await TaxonomyRowStore.ReadAsync(connection, cancel) is { } known)
        {
            wanted = TaxonomyMerge.WithoutCircles(wanted, known, edited);
        }

        var slugs = wanted.Roles.Select(r => r.Slug).Where(slug => !edited.Contains(slug)).ToHashSet();
        await TaxonomyRowStore.WriteRolesAsync(connection, wanted, slugs, "seeded", cancel);
        var labels = file.Roles
            .SelectMany(r => r.Aliases.Prepend(r.Name).Select(text => (Text: RoleLabel.Clean(text), Normal: RoleLabel.Normalise(text), r.Slug)))
            .DistinctBy(l => l.Normal).ToList();
        await TaxonomyRowStore.SeedLabelsAsync(connection, labels, clock.GetUtcNow(), cancel);
        await TaxonomyRowStore.SeededAsync(connection, file.Version, cancel);
        await TaxonomyRowStore.ResolveAgainAsync(connection, understood: false, within: "", cancel);
        await transaction.CommitAsync(cancel);
        Forget();
    }
}
