using System.CommandLine;
using System.Globalization;
using System.Text;
using Newsletter.Roles;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter roles …</c></summary>
internal static class RoleCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var labels = Commands.Many("LABEL", "text as in a Best for: line");
        var label = new Argument<string>("LABEL");
        var roles = Commands.Many("ROLE", "role slugs");
        var limit = Commands.Limit(100);
        var file = new Argument<string>("FILE") { Description = "JSON; - for standard input or output" };
        return new Command("roles", "Reader roles, and the labels that name them").With(
            new Command("list", "All roles").Does(shared, settings, ListAsync),
            new Command("export", "Export all roles with labels, forms, neighbours and taught labels, for import").With(file)
                .Does(shared, settings, c => ExportAsync(c, c.Value(file))),
            new Command("import", "Import roles from a file, all or none; roles that are not in it stay").With(file)
                .Does(shared, settings, c => ImportAsync(c, c.Value(file))),
            new Command("review", "Labels that match no role yet, most used first").With(limit)
                .Does(shared, settings, c => ReviewAsync(c, c.Value(limit))),
            new Command("resolve",
                "Show which roles labels mean; an abbreviation has its most common meaning among "
                + "readers of AI and technology news (PM: product manager), or waits until it is taught (SA)")
                .With(labels).Does(shared, settings, c => ResolveAsync(c, c.Value(labels))),
            new Command("alias", "Teach what a label means; this also applies to items already imported").With(label, roles).Does(shared, settings, async c =>
            {
                await c.Get<LabelStore>().TeachAsync(c.Value(label), c.Value(roles), CommandContext.Actor);
                return await ResolveAsync(c, [c.Value(label)]);
            }),
            new Command("unteach", "Remove the taught meaning of a label; this also applies to items already imported")
                .With(label).Does(shared, settings, async c =>
            {
                await c.Get<LabelStore>().UnteachAsync(c.Value(label), CommandContext.Actor, c.Cancel);
                return await ResolveAsync(c, [c.Value(label)]);
            }));
    }

    private static async Task<int> ListAsync(CommandContext c)
    {
        var taxonomy = await c.Get<TaxonomyStore>().LoadAsync();
        c.Output.List(
            taxonomy.Roles.OrderBy(r => r.Slug, StringComparer.Ordinal)
                .Select(r => new { r.Slug, r.Name, Level = r.Level.Text(), r.Domains, r.Family }).ToList(),
            ("SLUG", r => r.Slug), ("NAME", r => r.Name), ("LEVEL", r => r.Level), ("DOMAINS", r => r.Domains), ("FAMILY", r => r.Family));
        return ExitCode.Ok;
    }

    private static async Task<int> ExportAsync(CommandContext c, string path)
    {
        var taxonomy = await c.Get<TaxonomyStore>().ExportAsync(c.Cancel);
        await OutputFile.WriteAsync(path, async stream => await stream.WriteAsync(Encoding.UTF8.GetBytes(taxonomy.ToJson()), c.Cancel));
        await Console.Error.WriteLineAsync($"{Amount.Of(taxonomy.Roles.Count, "role")}, version {taxonomy.Version}.");
        return ExitCode.Ok;
    }

    private static async Task<int> ImportAsync(CommandContext c, string path)
    {
        await using var stream = Input.Open(path, c.Cancel);
        var change = await c.Get<TaxonomyImport>().RunAsync(await TaxonomyFile.ReadAsync(stream, c.Cancel), CommandContext.Actor, c.Cancel);
        var facts = new
        {
            change.Version, change.Added, change.Changed,
            labels = new { added = Texts(change.Labels.Added), changed = Texts(change.Labels.Changed), removed = Texts(change.Labels.Removed) },
        };
        c.Output.One(facts, () =>
        [
            change.Sentence,
            .. change.Added.Select(slug => $"  added: {slug}"),
            .. change.Changed.Select(slug => $"  changed: {slug}"),
            .. facts.labels.added.Select(label => $"  label added: {Output.Text(label)}"),
            .. facts.labels.changed.Select(label => $"  label changed: {Output.Text(label)}"),
            .. facts.labels.removed.Select(label => $"  label removed: {Output.Text(label)}"),
        ]);
        return ExitCode.Ok;
    }

    private static List<string> Texts(IReadOnlyList<ChangedLabel> labels) => [.. labels.Select(l => l.Text)];

    private static async Task<int> ReviewAsync(CommandContext c, int limit)
    {
        var queue = await c.Get<LabelStore>().ReviewAsync(limit, c.Cancel);
        c.Output.List(
            queue.Labels.Select(w => new { Label = w.Text, w.Items, w.Subscribers, suggestions = w.Suggestions.Select(s => s.Slug).ToList() }).ToList(),
            ("LABEL", w => w.Label), ("ITEMS", w => Amount.Of(w.Items)), ("SUBSCRIBERS", w => Amount.Of(w.Subscribers)), ("SUGGESTIONS", w => w.suggestions));
        if (queue.Waiting > queue.Labels.Count)
        {
            await Console.Error.WriteLineAsync($"and {Amount.Of(queue.Waiting - queue.Labels.Count)} more: --limit shows them too");
        }

        return ExitCode.Ok;
    }

    private static async Task<int> ResolveAsync(CommandContext c, string[] labels)
    {
        var resolver = await c.Get<TaxonomyStore>().ResolverAsync(c.Cancel);
        var resolutions = labels.Select(resolver.Resolve).Select(r => new
        {
            r.Label,
            Roles = r.Roles.Select(role => new { role.Slug, role.Name, Level = role.Level.Text(), role.Domains }).ToList(),
            Confidence = Math.Round(r.Confidence, 2),
            Suggestions = r.Suggestions.Select(s => s.Slug).ToList(),
        }).ToList();
        c.Output.List(
            resolutions,
            ("LABEL", r => r.Label), ("ROLES", r => r.Roles.Select(role => role.Slug)),
            ("CONFIDENCE", r => r.Confidence.ToString("0.00", CultureInfo.InvariantCulture)), ("SUGGESTIONS", r => r.Suggestions));
        return ExitCode.Ok;
    }
}
