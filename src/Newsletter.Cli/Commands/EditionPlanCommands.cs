using System.CommandLine;
using System.Globalization;
using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Newsroom;
using Newsletter.Planning;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter editions …</c>: the content of an edition: planning, overrides, texts, coverage, explanation and preview.</summary>
internal static class EditionPlanCommands
{
    public static Symbol[] Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var id = new Argument<long>("ID");
        var slug = new Argument<string>("SLUG");
        var email = new Argument<string>("EMAIL");
        var item = new Argument<long>("ITEM");
        var ordered = new Argument<long[]>("ITEM") { Description = "first to last", Arity = ArgumentArity.OneOrMore };
        var outDirectory = new Option<string>("--out") { Description = "folder for digest.html, digest.txt, message.eml", Required = true };
        var role = new Option<string>("--role") { Description = "as a reader with this role gets it" };
        var subscriber = new Option<string>("--subscriber") { Description = "as this reader gets it" };
        var readers = new Option<string>("--role") { Description = "for readers of this role only: a slug or a label" };

        var words = new Argument<string?>("TEXT") { Description = "in quotes", Arity = ArgumentArity.ZeroOrOne };
        var clear = new Option<bool>("--clear") { Description = "remove it" };

        Command TextCommand(string what, string description, Func<EditionText, long, string?, Task> setText) =>
            new Command(what, description).With(id, words, clear).Does(shared, settings, async c =>
            {
                if (c.Value(clear) == (c.Value(words) is not null))
                {
                    throw Refusal.Invalid($"Give the {what} in quotes, or --clear to remove it.");
                }
                await setText(c.Get<EditionText>(), c.Value(id), c.Value(words));
                var edition = await c.Get<EditionStore>().GetAsync(c.Value(id));
                c.Output.One(edition, () => [$"subject: {Output.Text(edition.Subject)}", $"intro: {Output.Text(edition.Intro)}", $"plan {edition.PlanHash}"]);
                return ExitCode.Ok;
            });

        Command OverrideCommand(string kind, string description) =>
            new Command(kind, description).With(id, item, readers).Does(shared, settings, async c =>
                await PrintAsync(c, await c.Get<OverrideEditing>().AddAsync(
                    c.Value(id), kind, [c.Value(item)], c.Value(readers), CommandContext.Actor, c.Cancel)));

        return
        [
            new Command("plan", "Plan now; replaces the digest's unapproved plan").With(slug).Does(shared, settings, async c =>
                await PrintAsync(c, await c.Get<EditionPlanning>().PlanAsync(c.Value(slug), c.Cancel))),
            SimulateCommand.Create(shared, settings),
            OverrideCommand(OverrideKind.Pin, "Give an item to every reader who has not got it yet; the edition is planned again at once"),
            OverrideCommand(OverrideKind.Exclude, "Give an item to no reader; the edition is planned again at once"),
            OverrideCommand(OverrideKind.Lead, "Put an item first for the readers it fits; the edition is planned again at once"),
            new Command("order", "Put items first, in this order, in the mails that have them; replaces the previous order")
                .With(id, ordered).Does(shared, settings, async c =>
                await PrintAsync(c, await c.Get<OverrideEditing>().AddAsync(
                    c.Value(id), OverrideKind.Order, c.Value(ordered), null, CommandContext.Actor, c.Cancel))),
            new Command("unsteer", "Remove the overrides (pin, exclude, lead, order) of an item").With(id, item).Does(shared, settings, async c =>
                await PrintAsync(c, await c.Get<OverrideEditing>().RemoveAsync(c.Value(id), c.Value(item), CommandContext.Actor, c.Cancel))),
            TextCommand("subject", "Set the subject of all its mails; possible until it is approved",
                (texts, edition, text) => texts.SetSubjectAsync(edition, text, CommandContext.Actor)),
            TextCommand("intro", "Set a text before its items; possible until it is approved",
                (texts, edition, text) => texts.SetIntroAsync(edition, text, CommandContext.Actor)),
            new Command("coverage", "Its items compared with its readers' roles, and where more items would help").With(id)
                .Does(shared, settings, c => CoverageAsync(c, c.Value(id))),
            new Command("why", "What a reader gets, and why").With(id, email).Does(shared, settings, c => WhyAsync(c, c.Value(id), c.Value(email))),
            new Command("preview", "Write the mail of a reader to files").With(id, role, subscriber, outDirectory).Does(shared, settings, async c =>
            {
                if (await c.Get<Preview>().WriteAsync(c.Value(id), c.Value(role), c.Value(subscriber), c.Value(outDirectory)!) is { } warning)
                {
                    await Console.Error.WriteLineAsync($"Warning: {warning}");
                }
                return ExitCode.Ok;
            }),
        ];
    }

    private static async Task<int> PrintAsync(CommandContext c, EditionPlan plan)
    {
        c.Output.One(plan, () => [plan.Edition.ToString(CultureInfo.InvariantCulture)]);
        await Console.Error.WriteLineAsync($"Edition {plan.Edition}: {Amount.Of(plan.Deliveries, "delivery", "deliveries")} of "
            + $"{Amount.Of(plan.Compositions, "composition")}, "
            + $"{Amount.Of(plan.Empty)} of {Amount.Of(plan.Subscribers, "person gets", "people get")} nothing.");
        return ExitCode.Ok;
    }

    private static async Task<int> CoverageAsync(CommandContext c, long id)
    {
        const int suggestionsShown = 3;
        var coverage = await c.Get<Coverage>().OfAsync(id, c.Cancel);
        c.Output.One(coverage, () =>
        [
            .. Output.Columns(coverage.Roles,
                ("ROLE", r => r.Name), ("READERS", r => Amount.Of(r.Readers)), ("ITEMS", r => Amount.Of(r.Items.Count)), ("MAILS", r => Amount.Of(r.Mails)),
                ("FULL", r => Amount.Of(r.Full)),
                ("LAST", r => r.DaysSince is { } days ? Amount.Of(days, "day") + " ago" : "never")),
            .. coverage.Items.SelectMany(i => i.Moves.Select(m => $"{m}: {Output.Text(i.Title)} [item {i.Id}]")),
            .. coverage.Roles.Where(r => r.Suggestion is not null).OrderByDescending(r => r.Suggestion!.Readers).Take(suggestionsShown)
                .Select(r => r.Suggestion!.For(r.Name) + "."),
        ]);
        return ExitCode.Ok;
    }

    private static async Task<int> WhyAsync(CommandContext c, long id, string email)
    {
        var why = await c.Get<Explaining>().WhyAsync(id, email);
        var others = why.Withheld.Count(w => w.Kind == WithheldText.NoFit);
        c.Output.One(why, () =>
        [
            $"{EmailAddress.ReadableOf(why.Subscriber)}: {why.State}{(why.Note is null ? "" : $" ({why.Note})")}; the reasons as shown on the reader's page:",
            .. why.Items.SelectMany(i => i.Reasons
                .Select(r => "     " + Output.Text(r.Text))
                .Prepend($"{i.Position,3}. {Output.Text(i.Title)} [item {i.Id}, {i.Depth.ToString().ToLowerInvariant()}]")),
            .. why.Withheld.Where(w => w.Kind != WithheldText.NoFit).Select(w => $"  –  {Output.Text(w.Title)} [item {w.Id}]: {Output.Text(w.Reason)}"),
            .. others > 0 ? [$"  –  and {Amount.Of(others)} that fit none of the roles chosen: -o json shows them too"] : (string[])[],
        ]);
        return ExitCode.Ok;
    }
}
