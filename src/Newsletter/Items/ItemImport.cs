using Newsletter.Roles;

namespace Newsletter.Items;

/// <summary>
/// Imports articles from files, folders and standard input. An invalid article is rejected with its reason, and the import continues with the
/// others. Each article is stored completely or not at all.
/// </summary>
public sealed class ItemImport(ItemStore items, StoryStore stories, TaxonomyStore taxonomy)
{
    /// <param name="paths">Files, folders (their .txt, .json and .jsonl files, recursively), or <c>-</c> for <paramref name="stdin"/>.</param>
    public async Task<ItemImportReport> RunAsync(IReadOnlyList<string> paths, Stream stdin, CancellationToken cancel = default) =>
        await RunAsync(paths, stdin, store: true, cancel);

    /// <summary>Parses the same way and gives the same warnings, but stores nothing.</summary>
    public async Task<ItemImportReport> CheckAsync(IReadOnlyList<string> paths, Stream stdin, CancellationToken cancel = default) =>
        await RunAsync(paths, stdin, store: false, cancel);

    private async Task<ItemImportReport> RunAsync(IReadOnlyList<string> paths, Stream stdin, bool store, CancellationToken cancel)
    {
        var resolver = await taxonomy.ResolverAsync(cancel);
        var report = new ItemImportReport();
        foreach (var path in ItemPaths.Expand(paths.Distinct(), report))
        {
            if (await ItemPaths.ReadAsync(path, stdin, report, cancel) is not { } bytes)
            {
                continue;
            }
            foreach (var reading in ItemFile.Read(bytes, path))
            {
                cancel.ThrowIfCancellationRequested();
                await TakeAsync(path, reading, resolver, store, report, cancel);
            }
        }
        return report;
    }

    private async Task TakeAsync(string path, ParsedItem reading, LabelResolver resolver, bool store, ItemImportReport report, CancellationToken cancel)
    {
        if (reading.Rejection is { } rejection)
        {
            report.Rejected.Add(new RejectedItem(path, rejection.Line, rejection.Message));
            return;
        }
        try
        {
            var content = reading.Content! with { AddressedTo = resolver.AddressedTo(reading.Content.KeyTakeaway ?? "") };
            var unknown = content.BestFor.Where(label => resolver.Resolve(label).Roles.Count == 0).ToList();
            var saved = store ? await items.SaveAsync(content, cancel) : null;
            report.Items.Add(new ImportedItem(saved?.Id, path, content.Title, saved?.Change));
            var duplicate = saved is null ? await stories.NearDuplicateAsync(content, cancel) : saved.NearDuplicateOf;
            report.Warnings.AddRange(reading.Warnings.Select(warning => new ItemWarning(path, warning.Line, warning.Message)));
            report.Warnings.AddRange(ItemLinter.Check(content).Select(message => new ItemWarning(path, reading.Line, message)));
            report.Warnings.AddRange(unknown.Select(label => new ItemWarning(path, reading.Line,
                $"the label '{label}' matches no role yet: see newsletter roles review")));
            if ((saved is null ? await items.FormerTitleAsync(content, cancel) : saved.FormerTitle) is { } former)
            {
                report.Warnings.Add(new ItemWarning(path, reading.Line,
                    $"the item with this URL was called '{former}' until now: if this is another article, give it its own URL"));
            }
            if (duplicate is not null)
            {
                report.Warnings.Add(new ItemWarning(path, reading.Line, $"near-duplicate of item {duplicate}: a reader gets only one of them"));
            }
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.Invalid)
        {
            report.Rejected.Add(new RejectedItem(path, reading.Line, refusal.Message));
        }
    }
}
