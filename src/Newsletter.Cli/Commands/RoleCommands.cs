using System.CommandLine;
using System.Globalization;
using Newsletter.Targeting;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter roles …</c></summary>
internal static class RoleCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var labels = Commands.Many("LABEL", "text as in a Best for: line");
        var label = new Argument<string>("LABEL");
        var roles = Commands.Many("ROLE", "role slugs");
        return new Command("roles", "Reader roles, and the labels that name them").With(
            new Command("list", "All roles").Does(shared, settings, ListAsync),
            new Command("review", "Labels that no role knows yet").Does(shared, settings, ReviewAsync),
            new Command("resolve", "What labels resolve to").With(labels).Does(shared, settings, c => ResolveAsync(c, c.Value(labels))),
            new Command("alias", "Teach a label; items already imported follow").With(label, roles).Does(shared, settings, async c =>
            {
                await c.Get<LabelStore>().TeachAsync(c.Value(label), c.Value(roles), CommandContext.Actor);
                return await ResolveAsync(c, [c.Value(label)]);
            }));
    }

    private static async Task<int> ListAsync(CommandContext c)
    {
        var taxonomy = await c.Get<TaxonomyStore>().LoadAsync();
        c.Output.List(
            taxonomy.Roles.OrderBy(r => r.Slug, StringComparer.Ordinal).Select(r => new { r.Slug, r.Name, Level = Level(r), r.Domains }).ToList(),
            ("SLUG", r => r.Slug), ("NAME", r => r.Name), ("LEVEL", r => r.Level), ("DOMAINS", r => r.Domains));
        return ExitCode.Ok;
    }

    private static async Task<int> ReviewAsync(CommandContext c)
    {
        var waiting = await c.Get<LabelStore>().ReviewAsync();
        c.Output.List(
            waiting.Select(w => new { Label = w.Text, w.Items, w.Subscribers, suggestions = w.Suggestions.Select(s => s.Slug).ToList() }).ToList(),
            ("LABEL", w => w.Label), ("ITEMS", w => w.Items), ("SUBSCRIBERS", w => w.Subscribers), ("SUGGESTIONS", w => w.suggestions));
        return ExitCode.Ok;
    }

    private static async Task<int> ResolveAsync(CommandContext c, string[] labels)
    {
        var resolver = await c.Get<TaxonomyStore>().ResolverAsync(c.Cancel);
        var resolutions = labels.Select(resolver.Resolve).Select(r => new
        {
            r.Label,
            Roles = r.Roles.Select(role => new { role.Slug, role.Name, Level = Level(role), role.Domains }).ToList(),
            Confidence = Math.Round(r.Confidence, 2),
            Suggestions = r.Suggestions.Select(s => s.Slug).ToList(),
        }).ToList();
        c.Output.List(
            resolutions,
            ("LABEL", r => r.Label), ("ROLES", r => r.Roles.Select(role => role.Slug)),
            ("CONFIDENCE", r => r.Confidence.ToString("0.00", CultureInfo.InvariantCulture)), ("SUGGESTIONS", r => r.Suggestions));
        return ExitCode.Ok;
    }

    private static string Level(Role role) => role.Level.ToString().ToLowerInvariant();
}
