using System.CommandLine;
using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter items …</c></summary>
internal static class ItemCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var paths = Commands.Many("PATH", "files, folders, or - for standard input");
        var ids = new Argument<long[]>("ID") { Arity = ArgumentArity.OneOrMore };
        var id = new Argument<long>("ID");
        var roles = Commands.Many("ROLE", "role slugs or labels");
        var archived = new Option<bool>("--archived") { Description = "archived items only" };
        var limit = Commands.Limit(100);
        return new Command("items", "Curated articles").With(
            new Command("import", "Import articles; an invalid one does not stop the others").With(paths)
                .Does(shared, settings, c => ImportAsync(c, paths, store: true)),
            new Command("check", "Read and lint articles; store nothing").With(paths).Does(shared, settings, c => ImportAsync(c, paths, store: false)),
            new Command("list", "Newest first").With(archived, limit).Does(shared, settings, c => ListAsync(c, c.Value(archived), c.Value(limit))),
            new Command("show", "All facts of one item").With(id).Does(shared, settings, c => ShowAsync(c, c.Value(id))),
            new Command("archive", "Archive items: they are no longer candidates").With(ids).Does(shared, settings, async c =>
            {
                await c.Get<ItemStore>().ArchiveAsync(c.Value(ids));
                return ExitCode.Ok;
            }),
            new Command("merge", "Mark items as the same story: a reader gets only one of them").With(ids).Does(shared, settings, async c =>
            {
                var story = await c.Get<StoryStore>().MergeAsync(c.Value(ids), CommandContext.Actor);
                c.Output.One(new { story }, () => [$"items {string.Join(", ", story)} are one story"]);
                return ExitCode.Ok;
            }),
            new Command("roles", "Add roles to an item manually").With(id, roles).Does(shared, settings, c => RolesAsync(c, c.Value(id), c.Value(roles))));
    }

    private static async Task<int> ImportAsync(CommandContext c, Argument<string[]> paths, bool store)
    {
        await using var stdin = new StandardInput(c.Cancel);
        var import = c.Get<ItemImport>();
        var report = store ? await import.RunAsync(c.Value(paths), stdin, c.Cancel) : await import.CheckAsync(c.Value(paths), stdin, c.Cancel);
        var facts = new
        {
            imported = report.Items.Count(i => i.Change == ItemChange.Imported),
            unchanged = report.Items.Count(i => i.Change == ItemChange.Unchanged),
            updated = report.Items.Count(i => i.Change == ItemChange.Updated),
            items = report.Items.Select(i => new { i.Id, i.Path, i.Title }),
            rejected = report.Rejected,
            warnings = report.Warnings,
        };
        c.Output.One(facts, () => report.Items.Select(i => $"{(store ? $"{i.Change} {i.Id}".ToLowerInvariant() : "good")}: {Output.Text(i.Title)}")
            .Append(store
                ? $"{Amount.Of(facts.imported)} imported, {Amount.Of(facts.unchanged)} unchanged, {Amount.Of(facts.updated)} updated, "
                    + $"{Amount.Of(report.Rejected.Count)} rejected"
                : $"{Amount.Of(report.Items.Count)} good, {Amount.Of(report.Rejected.Count)} bad"));
        foreach (var warning in report.Warnings)
        {
            await Console.Error.WriteLineAsync(Output.Text($"{warning.Path}:{warning.Line}: warning: {warning.Message}"));
        }
        foreach (var rejected in report.Rejected)
        {
            await Console.Error.WriteLineAsync(Output.Text($"{rejected.Path}:{rejected.Line}{(rejected.Line is null ? "" : ":")} rejected: {rejected.Reason}"));
        }
        return report.Rejected.Count == 0 ? ExitCode.Ok : report.Items.Count == 0 ? ExitCode.Invalid : ExitCode.SomeFailed;
    }

    private static async Task<int> ListAsync(CommandContext c, bool archived, int limit)
    {
        var items = await c.Get<ItemStore>().ListAsync(archived, limit);
        c.Output.List(
            items.Select(i => new { i.Id, i.Content.Title, bestFor = i.BestFor, i.ImportedAt, i.ArchivedAt }).ToList(),
            ("ID", i => i.Id), ("TITLE", i => i.Title.Length > 60 ? i.Title[..59] + "…" : i.Title),
            ("BEST FOR", i => i.bestFor.Select(l => l.Label)), ("IMPORTED", i => i.ImportedAt));
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(CommandContext c, long id)
    {
        var item = await c.Get<ItemStore>().FindAsync(id) ?? throw Refusal.NotFound($"There is no item {id}: 'newsletter items list' shows the items.");
        var x = item.Content;
        var facts = new
        {
            item.Id, x.Title, x.Url, x.Summary, x.KeyTakeaway, x.KeyInsights, x.Principles, x.Method, x.InPractice, x.Topics,
            item.BestFor, x.Related, x.Curator, x.Publication, x.Credit, item.AddressedTo, x.Language, x.PublishedAt,
            item.ImportedAt, item.ArchivedAt, item.Story,
        };
        c.Output.One(facts, () =>
        [
            x.Title,
            $"Best for: {string.Join(", ", item.BestFor.Select(Named))}",
            .. Section("Addressed to", item.AddressedTo is null ? [] : [Named(item.AddressedTo)]),
            .. Section("Summary", [x.Summary]),
            .. Section("Key takeaway", [x.KeyTakeaway]),
            .. Section("Key insights", x.KeyInsights),
            .. Section("Principles", x.Principles),
            .. Section("Method", [x.Method]),
            .. Section("In practice", x.InPractice),
            .. Section("Topics", x.Topics),
            .. Section("Related", x.Related),
            .. Section("Credit", [x.Credit]),
            .. Section("Original", [x.Url]),
            .. Section("Same story", item.Story.Count == 0 ? [] : [$"items {string.Join(", ", item.Story)}"]),
        ]);
        return ExitCode.Ok;
    }

    private static async Task<int> RolesAsync(CommandContext c, long id, string[] roles)
    {
        var taxonomy = await c.Get<TaxonomyStore>().LoadAsync();
        await c.Get<ItemStore>().AddLabelsAsync(id, roles.Select(role => taxonomy.Find(role)?.Name ?? role).ToList());
        return await ShowAsync(c, id);
    }

    private static string Named(ItemLabel label) =>
        label.Label + (label.Roles.Count == 0 ? " (matches no role yet)" : $" ({string.Join(", ", label.Roles)})");

    private static IEnumerable<string> Section(string heading, IEnumerable<string?> entries)
    {
        var lines = entries.OfType<string>().Select(e => "  " + Output.Text(e.Replace('\n', ' '))).ToList();
        return lines.Count == 0 ? [] : lines.Prepend(heading);
    }
}
