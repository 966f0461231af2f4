using Newsletter.Database;
using Npgsql;

namespace Newsletter.Roles;

/// <summary>
/// Imports an editor's taxonomy file, completely or not at all. Roles in the file replace the stored ones, including their labels; roles that
/// are not in the file stay. Changed roles belong to the editor from now on: seeding the program's own taxonomy no longer changes them.
/// </summary>
public sealed class TaxonomyImport(NpgsqlDataSource database, TaxonomyStore taxonomy, AuditStore audit, TimeProvider clock)
{
    /// <exception cref="Refusal">Invalid, naming the role: the file contradicts itself or the stored taxonomy.</exception>
    public async Task<TaxonomyChange> RunAsync(TaxonomyFile file, string actor, CancellationToken cancel = default)
    {
        await taxonomy.LoadAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await TaxonomyRowStore.LockAsync(connection, cancel);
        var before = await TaxonomyStore.ReadAsync(connection, cancel);
        var merged = TaxonomyMerge.Over(file, TaxonomyFile.Of(before, await TaxonomyRowStore.TextsAsync(connection, cancel)));
        var after = TaxonomyParser.Read(merged);
        var change = TaxonomyChange.Between(before, after, TextsOf(merged));
        if (change.IsNone)
        {
            return change with { Version = before.Version };
        }

        await TaxonomyRowStore.WriteRolesAsync(connection, after, change.Edited, "editor", cancel);
        var labels = change.Labels.All.Select(l => (l.Text, l.Normal, Slugs: (IReadOnlyList<string>)
            [.. after.Aliases.GetValueOrDefault(l.Normal, []).Select(r => r.Slug)])).ToList();
        await TaxonomyRowStore.WriteLabelsAsync(connection, labels, clock.GetUtcNow(), cancel);
        await TaxonomyRowStore.ResolveAgainAsync(connection, understood: true, within: "", cancel);
        change = change with { Version = await TaxonomyRowStore.NextVersionAsync(connection, file.Version, cancel) };
        await audit.RecordAsync(connection, transaction, actor, "taxonomy imported",
            $"taxonomy version {change.Version}: {change.Added.Count} roles added, {change.Changed.Count} changed, {labels.Count} labels");
        await transaction.CommitAsync(cancel);
        taxonomy.Forget();
        return change;
    }

    private static Dictionary<string, string> TextsOf(TaxonomyFile file) =>
        file.Roles.SelectMany(r => r.Aliases.Prepend(r.Name)).Concat((file.Labels ?? []).Select(l => l.Label))
            .GroupBy(RoleLabel.Normalise).ToDictionary(g => g.Key, g => RoleLabel.Clean(g.First()));
}
