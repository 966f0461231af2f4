using Npgsql;

namespace Newsletter.Roles;

/// <summary>
/// The taxonomy in the database. Seeding, importing and teaching write it. Readers cache it for <see cref="Fresh"/>, so a change by another
/// process is visible here within that time. One per process.
/// </summary>
public sealed class TaxonomyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a loaded taxonomy is used before it is read again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private sealed record CacheEntry(LabelResolver Resolver, DateTimeOffset At);

    private CacheEntry? cache;

    /// <summary>Roles, labels, forms and neighbours with database ids; seeds the taxonomy first if the database has none.</summary>
    public async Task<Taxonomy> LoadAsync(CancellationToken cancel = default) => (await ResolverAsync(cancel)).Taxonomy;

    /// <summary>A resolver for the taxonomy of <see cref="LoadAsync"/>, including what editors taught.</summary>
    public async Task<LabelResolver> ResolverAsync(CancellationToken cancel = default)
    {
        if (IsFresh)
        {
            return cache!.Resolver;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ResolverAsync(connection, cancel);
    }

    /// <summary>
    /// Reads with the caller's connection. A caller that holds a connection must not wait for a second one: as many such callers as the pool has
    /// connections would deadlock.
    /// </summary>
    internal async Task<LabelResolver> ResolverAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (IsFresh)
        {
            return cache!.Resolver;
        }

        var taxonomy = await TaxonomyRowStore.ReadAsync(connection, cancel);
        if (taxonomy is null)
        {
            await SeedAsync(cancel);
            taxonomy = await ReadAsync(connection, cancel);
        }
        var resolver = new LabelResolver(taxonomy);
        cache = new(resolver, clock.GetUtcNow());
        return resolver;
    }

    /// <summary>
    /// Reads in the caller's transaction, without the cache. If the taxonomy may not be seeded yet, call <see cref="LoadAsync"/> before the
    /// transaction begins.
    /// </summary>
    internal static async Task<Taxonomy> ReadAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await TaxonomyRowStore.ReadAsync(connection, cancel) ?? throw new InvalidOperationException("Seeding left no roles.");

    private bool IsFresh => cache is { } k && clock.GetUtcNow() - k.At < Fresh;

    /// <summary>Clears the cache: the next use reads again.</summary>
    public void Forget() => cache = null;

    /// <summary>The whole taxonomy, including what editors taught, as one file that <see cref="TaxonomyImport"/> accepts.</summary>
    public async Task<TaxonomyFile> ExportAsync(CancellationToken cancel = default)
    {
        await LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var taxonomy = await ReadAsync(connection, cancel);
        return TaxonomyFile.Of(taxonomy, await TaxonomyRowStore.TextsAsync(connection, cancel));
    }

    /// <summary>
    /// Seeds the program's taxonomy: new and changed roles, forms, neighbours and labels. What an editor taught or imported stays. Then resolves
    /// again the labels that were not understood, so that a newer taxonomy applies to existing items. Safe at every start, also concurrently on
    /// several machines; writes nothing when nothing changed.
    /// </summary>
    public Task SeedAsync(CancellationToken cancel = default) => SeedAsync(TaxonomyFile.Embedded(), cancel);

    /// <summary>As <see cref="SeedAsync(CancellationToken)"/>, from another file.</summary>
    /// <exception cref="Refusal">Invalid when the file contradicts itself; then nothing is changed.</exception>
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
