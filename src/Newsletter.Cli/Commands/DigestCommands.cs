using System.CommandLine;
using Newsletter.Digests;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter digests …</c></summary>
internal static class DigestCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var slug = new Argument<string>("SLUG");
        var definition = new DefinitionOptions();
        var named = new DefinitionOptions { Name = { Required = true } };
        return new Command("digests", "Definitions of what is sent and when").With(
            new Command("create", "Define a digest").With(slug).With(named.All).Does(shared, settings, async c =>
            {
                var fresh = new Digest
                {
                    Id = 0, Slug = c.Value(slug), Name = c.Value(named.Name)!, Timezone = "UTC", Lead = TimeSpan.FromDays(1),
                    MinItems = 1, MaxItems = 8, CandidateDays = 30, Approval = "required",
                };
                Show(c, await c.Get<DigestStore>().CreateAsync(named.Apply(c, fresh)));
                return ExitCode.Ok;
            }),
            new Command("edit", "Change a digest; it applies from the next edition planned").With(slug).With(definition.All).Does(shared, settings, async c =>
            {
                var digests = c.Get<DigestStore>();
                Show(c, await digests.EditAsync(definition.Apply(c, await digests.GetAsync(c.Value(slug)))));
                return ExitCode.Ok;
            }),
            new Command("show", "One digest").With(slug).Does(shared, settings, async c =>
            {
                Show(c, await c.Get<DigestStore>().GetAsync(c.Value(slug)));
                return ExitCode.Ok;
            }),
            new Command("list", "All digests").Does(shared, settings, async c =>
            {
                var digests = await c.Get<DigestStore>().ListAsync();
                c.Output.List(digests,
                    ("SLUG", d => d.Slug), ("NAME", d => d.Name), ("SCHEDULE", d => d.Cron is null ? "manual" : $"{d.Cron} {d.Timezone}"),
                    ("NEXT", d => d.NextAt), ("ITEMS", d => $"{d.MinItems}–{d.MaxItems}"), ("APPROVAL", d => d.Approval));
                digests.ToList().ForEach(Warn);
                return ExitCode.Ok;
            }),
            new Command("delete", "Plan no more editions; sent editions stay in the history").With(slug).Does(shared, settings, async c =>
            {
                await c.Get<DigestStore>().DeleteAsync(c.Value(slug));
                return ExitCode.Ok;
            }));
    }

    private static void Show(CommandContext c, Digest d)
    {
        c.Output.One(d, () => Lines(d));
        Warn(d);
    }

    /// <summary>Warns in advance about a problem that will prevent planning.</summary>
    private static void Warn(Digest d)
    {
        if (Schedule.Trouble(d.Timezone) is { } trouble)
        {
            Console.Error.WriteLine($"warning: {d.Slug} cannot be planned: {Output.Text(trouble)}");
        }
    }

    private static IEnumerable<string> Lines(Digest d) =>
    [
        $"{d.Slug}: {d.Name}",
        d.Cron is null ? "planned and sent manually" : $"sent at {d.Cron} {d.Timezone}, planned {d.LeadText}; next "
            + $"{(d.NextAt is { } next ? Output.Local(next, d.Timezone) : "never")}",
        $"{d.MinItems} to {Amount.Of(d.MaxItems, "item")} of the last {Amount.Of(d.CandidateDays, "day")}; approval {d.Approval}; archive {d.Archive}",
    ];

    /// <summary>The options of both creating and editing.</summary>
    private sealed class DefinitionOptions
    {
        private readonly Option<string> cron = new("--cron") { Description = "schedule in five fields, such as \"0 8 * * MON\"; \"\": sent manually" };
        private readonly Option<string> language = new("--language") { Description = "language of its mails, such as en or ar: it sets their text direction" };
        private readonly Option<string> timezone = new("--timezone") { Description = "time zone of the schedule, such as Europe/Berlin" };
        private readonly Option<short> min = new("--min") { Description = "a reader with fewer fitting items than this is skipped" };
        private readonly Option<short> max = new("--max") { Description = "maximum number of items per mail" };
        private readonly Option<short> days = new("--days") { Description = "number of days for which an item is a candidate" };
        private readonly Option<double> lead = new("--lead") { Description = "how many hours before sending it is planned" };
        private readonly Option<string> approval = new("--approval") { Description = "required or none" };
        private readonly Option<string> archive = new("--archive") { Description = "public or none: whether its sent editions are in the public archive" };

        public Option<string> Name { get; } = new("--name") { Description = "name that readers see" };

        public Symbol[] All => [Name, language, cron, timezone, min, max, days, lead, approval, archive];

        public Digest Apply(CommandContext c, Digest d) => d with
        {
            Name = c.Value(Name) ?? d.Name,
            Cron = c.Has(cron) ? (c.Value(cron) is { Length: > 0 } given ? given : null) : d.Cron,
            Language = c.Value(language)?.ToLowerInvariant() ?? d.Language,
            Timezone = c.Value(timezone) ?? d.Timezone,
            MinItems = c.Has(min) ? c.Value(min) : d.MinItems,
            MaxItems = c.Has(max) ? c.Value(max) : d.MaxItems,
            CandidateDays = c.Has(days) ? c.Value(days) : d.CandidateDays,
            Lead = c.Has(lead) ? Hours(c.Value(lead)) : d.Lead,
            Approval = c.Value(approval) ?? d.Approval,
            Archive = c.Value(archive) ?? d.Archive,
        };

        private static TimeSpan Hours(double hours) => hours is >= 0 and <= 744
            ? TimeSpan.FromHours(hours)
            : throw Refusal.Invalid("The lead must be from 0 to 744 hours.");
    }
}
