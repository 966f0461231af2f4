using System.CommandLine;
using System.Globalization;
using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter subscribers …</c></summary>
internal static class SubscriberCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var email = new Argument<string>("EMAIL");
        var file = new Argument<string>("FILE")
        {
            Description = $"CSV with the columns {string.Join(',', SubscriberColumns.Names)} (email is enough); - for standard input or output",
        };
        var consent = new Option<string>("--consent") { Description = "how these people agreed to get mail; needed for those who are confirmed" };
        var confirmed = new Option<bool>("--confirmed") { Description = "the person has already agreed; without it, they get a confirmation mail" };
        var status = new Option<string>("--status") { Description = "pending, confirmed or unsubscribed" };
        status.AcceptOnlyFromAmong(SubscriberStatus.Pending, SubscriberStatus.Confirmed, SubscriberStatus.Unsubscribed);
        var limit = Commands.Limit(100);
        var preferences = new PreferenceOptions();
        return new Command("subscribers", "People who get mail").With(
            new Command("import", "Add or update people from a CSV file").With(file, consent)
                .Does(shared, settings, c => ImportAsync(c, c.Value(file), c.Value(consent))),
            new Command("export", "All people, in the form that import reads").With(file).Does(shared, settings, c => ExportAsync(c, c.Value(file))),
            new Command("add", "Add one person").With(email, confirmed).With(preferences.All).Does(shared, settings, async c =>
            {
                var added = await c.Get<AddSubscriber>().AddAsync(
                    EmailAddress.Parse(c.Value(email)), preferences.Apply(c, new Preferences()), c.Value(confirmed), CommandContext.Actor);
                await ShowAsync(c, added);
                return ExitCode.Ok;
            }),
            new Command("edit", "Change the given preferences; the others stay").With(email).With(preferences.All).Does(shared, settings, async c =>
            {
                var person = await c.Get<SubscriberStore>().GetAsync(EmailAddress.Parse(c.Value(email)));
                await ShowAsync(c, await c.Get<PreferenceChange>().ApplyAsync(person.Id, known => preferences.Apply(c, known)));
                return ExitCode.Ok;
            }),
            new Command("list", "By id").With(status, limit).Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<SubscriberStore>().ListAsync(c.Value(status), c.Value(limit)),
                    ("ID", s => s.Id), ("EMAIL", s => EmailAddress.ReadableOf(s.Email)), ("STATUS", s => s.Status),
                    ("ROLES", s => s.Preferences.Roles), ("CADENCE", s => s.Preferences.Cadence));
                return ExitCode.Ok;
            }),
            new Command("show", "One person").With(email).Does(shared, settings, async c =>
            {
                await ShowAsync(c, await c.Get<SubscriberStore>().GetAsync(EmailAddress.Parse(c.Value(email))));
                return ExitCode.Ok;
            }),
            new Command("erase", "Delete all data about a person").With(email).Does(shared, settings, async c =>
            {
                var person = await c.Get<SubscriberStore>().GetAsync(EmailAddress.Parse(c.Value(email)));
                await c.Get<Erasure>().EraseAsync(person.Id, CommandContext.Actor);
                return ExitCode.Ok;
            }));
    }

    /// <summary>Shows a subscriber, and how the roles were understood where that differs from the typed text.</summary>
    private static async Task ShowAsync(CommandContext c, Subscriber s)
    {
        var p = s.Preferences;
        c.Output.One(s, () =>
        [
            $"{EmailAddress.ReadableOf(s.Email)}: {s.Status}",
            $"roles: {(p.Roles.Length == 0 ? "none, so this person gets the leading items" : Output.Text(p.Roles))}",
            .. p.Topics.Length > 0 ? [$"topics: {Output.Text(p.Topics)}"] : (string[])[],
            .. p.MutedTopics.Length > 0 ? [$"muted: {Output.Text(p.MutedTopics)}"] : (string[])[],
            $"cadence: {p.Cadence}{(p.Weekday is { } day ? $", weeks begin on {(DayOfWeek)day}" : "")}"
                + (p.PausedUntil is { } until ? $", no mail before {until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : ""),
            $"zone: {p.Timezone}; hour: {(p.Hour is { } hour ? hour.ToString("00", CultureInfo.InvariantCulture) : "as soon as there is mail")}",
            $"depth: {p.Depth ?? "by role"}; when too few items fit: {p.TooFew ?? "skip"}",
        ]);
        var resolver = await c.Get<TaxonomyStore>().ResolverAsync(c.Cancel);
        foreach (var resolution in p.Roles.Select(resolver.Resolve))
        {
            if (resolution.Roles.Count == 0)
            {
                await Console.Error.WriteLineAsync($"warning: '{Output.Text(resolution.Label)}' matches no role yet: see newsletter roles review");
            }
            else if (resolution.Confidence < 1)
            {
                await Console.Error.WriteLineAsync(
                    $"'{Output.Text(resolution.Label)}' is understood as {string.Join(" and ", resolution.Roles.Select(r => r.Name))}");
            }
        }
    }

    private static async Task<int> ImportAsync(CommandContext c, string path, string? consent)
    {
        await using var csv = Input.Open(path, c.Cancel);
        var report = await c.Get<SubscriberImport>().RunAsync(csv, consent, CommandContext.Actor, c.Cancel);
        c.Output.One(report, () =>
        [
            $"{Amount.Of(report.Imported)} imported, {Amount.Of(report.Updated)} updated, {Amount.Of(report.Unchanged)} unchanged, "
                + $"{Amount.Of(report.Kept)} kept unsubscribed or suppressed, {Amount.Of(report.RejectedRows)} rejected",
        ]);
        foreach (var warning in report.Warnings)
        {
            await Console.Error.WriteLineAsync(Output.Text($"{path}:{warning.Line}: warning: {warning.Message}"));
        }
        foreach (var rejected in report.Rejected)
        {
            await Console.Error.WriteLineAsync(Output.Text($"{path}:{rejected.Line}: rejected: {rejected.Reason}"));
        }
        return report.RejectedRows == 0 ? ExitCode.Ok
            : report.Imported + report.Updated + report.Unchanged + report.Kept == 0 ? ExitCode.Invalid : ExitCode.SomeFailed;
    }

    private static async Task<int> ExportAsync(CommandContext c, string path)
    {
        var count = 0L;
        await OutputFile.WriteAsync(path, async csv => count = await c.Get<SubscriberExport>().RunAsync(csv, c.Cancel), isSecret: true);
        await Console.Error.WriteLineAsync($"{Amount.Of(count, "person", "people")}.");
        return ExitCode.Ok;
    }

    /// <summary>The options of both adding and editing.</summary>
    private sealed class PreferenceOptions
    {
        private readonly Option<string> name = new("--name") { Description = "name used in the mails' greeting" };
        private readonly Option<string[]> roles = Commands.Each("--role", "role label; may be given several times");
        private readonly Option<string[]> topics = Commands.Each("--topic", "topic followed; may be given several times");
        private readonly Option<string[]> muted = Commands.Each("--mute", "topic never sent to this person; may be given several times");
        private readonly Option<string> cadence = new("--cadence") { Description = string.Join(", ", Preferences.Cadences) };
        private readonly Option<string> timezone = new("--timezone") { Description = "such as Europe/Berlin" };
        private readonly Option<string> weekday = new("--weekday")
        {
            Description = "with weekly: the day on which this person's weeks begin, such as monday; \"\" for no particular day",
        };
        private readonly Option<int> hour = new("--hour") { Description = "local hour at which mail is wanted, 0 to 23" };
        private readonly Option<string> depth = new("--depth") { Description = string.Join(", ", Preferences.Depths) };
        private readonly Option<string> tooFew = new("--too-few") { Description = $"when too few items fit: {string.Join(", ", Preferences.TooFewPolicies)}" };
        private readonly Option<string> pausedUntil = new("--paused-until")
        {
            Description = "no mail before this date, such as 2026-12-24; \"\" ends the pause",
        };

        public Symbol[] All => [name, roles, topics, muted, cadence, weekday, timezone, hour, depth, tooFew, pausedUntil];

        public Preferences Apply(CommandContext c, Preferences known) => known with
        {
            Name = c.Value(name) ?? known.Name,
            Roles = c.Value(roles) is { Length: > 0 } given ? given : known.Roles,
            Topics = c.Value(topics) is { Length: > 0 } followed ? followed : known.Topics,
            MutedTopics = c.Value(muted) is { Length: > 0 } unwanted ? unwanted : known.MutedTopics,
            Cadence = c.Value(cadence) ?? known.Cadence,
            Weekday = c.Value(weekday) is { } day ? SubscriberColumns.Weekday(day) : known.Weekday,
            Timezone = c.Value(timezone) ?? known.Timezone,
            Hour = c.Has(hour) ? c.Value(hour) : known.Hour,
            Depth = c.Value(depth) ?? known.Depth,
            TooFew = c.Value(tooFew) ?? known.TooFew,
            PausedUntil = c.Value(pausedUntil) is { } date ? Date(date) : known.PausedUntil,
        };

        private static DateOnly? Date(string text) => text.Length == 0 ? null
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date
            : throw Refusal.Invalid($"'{text}' is not a date such as 2026-12-24.");
    }
}
