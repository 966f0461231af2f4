using System.CommandLine;
using System.Globalization;
using Newsletter.Newsroom;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter editions simulate</c></summary>
internal static class SimulateCommand
{
    private const int LinesShown = 10;

    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var slug = new Argument<string>("SLUG");
        var without = new Option<long[]>("--without")
        {
            Description = "simulate without this item", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false,
        };
        var max = new Option<int?>("--max") { Description = "simulate with this maximum number of items per mail" };
        var widen = new Option<bool>("--widen")
        {
            Description = "simulate that readers with too few items, and without a choice of their own, get items for neighbouring roles",
        };
        return new Command("simulate", "Show what planning now would give, and what other inputs would change; nothing is stored")
            .With(slug, without, max, widen).Does(shared, settings, async c =>
        {
            var whatIf = new WhatIf { Without = c.Value(without) ?? [], Max = c.Value(max), Widen = c.Value(widen) };
            var simulated = await c.Get<Simulation>().RunAsync(c.Value(slug), whatIf, c.Cancel);
            c.Output.One(simulated, () => Lines(simulated));
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<string> Lines(SimulationResult s) =>
    [
        $"{s.Digest}: {Amount.Of(s.Deliveries, "delivery", "deliveries")} to {People(s.Subscribers)} in {Amount.Of(s.Cohorts, "cohort")}, "
            + $"{Amount.Of(s.Compositions, "composition")}; simulated in {Number(s.Seconds)} s",
        $"items: {Amount.Of(s.Items.None, "person gets", "people get")} none, {Amount.Of(s.Items.One)} one, {Amount.Of(s.Items.Two)} two, "
            + $"{Amount.Of(s.Items.More)} three or more",
        .. s.Nothing.Select(n => $"nothing: {People(n.Readers)}, {n.Text}"),
        .. s.Difference is { } d ? Difference(d) : [],
        "",
        .. Output.Columns(s.ByRole.Take(LinesShown).ToList(),
            ("ROLE", r => r.Name), ("READERS", r => Amount.Of(r.Readers)), ("0", r => Amount.Of(r.None)),
            ("1", r => Amount.Of(r.One)), ("2", r => Amount.Of(r.Two)),
            ("3+", r => Amount.Of(r.More))),
        .. More(s.ByRole.Count, "roles"),
        "",
        .. Output.Columns(s.TopItems.Take(LinesShown).ToList(), ("ITEM", i => i.Id), ("READERS", i => Amount.Of(i.Readers)), ("TITLE", i => i.Title)),
        "",
        .. s.Lacking.Take(LinesShown).Select(l => $"lacking: {l.Name}, {Amount.Of(l.Below)} of {Amount.Of(l.Readers, "reader")} get too few; "
            + $"{Amount.Of(l.Items, "item fits", "items fit")}"),
        .. More(s.Lacking.Count, "roles lack items"),
        "mails by hour, UTC: " + string.Join(", ", s.Hours.Select((mails, hour) => (mails, hour)).Where(h => h.mails > 0)
            .Select(h => FormattableString.Invariant($"{h.hour:00}h {Amount.Of(h.mails)}"))),
        s.ExpectedSeconds is { } seconds
            ? $"sending takes about {Number(seconds)} s at the rate of the last edition"
            : "no edition was sent yet: the rate is not known",
    ];

    private static IEnumerable<string> Difference(SimulationDifference d) =>
    [
        $"difference: {Signed(d.Deliveries)} deliveries; people with no item {Signed(d.Items.None)}, one {Signed(d.Items.One)}, "
            + $"two {Signed(d.Items.Two)}, three or more {Signed(d.Items.More)}",
        $"{Amount.Of(d.Gaining, "person gets", "people get")} more items, {Amount.Of(d.Losing, "gets", "get")} fewer",
        .. d.ByRole.Take(LinesShown).Select(r => $"  {r.Name}: {Amount.Of(r.Gaining, "gets", "get")} more, {Amount.Of(r.Losing)} fewer"),
        .. More(d.ByRole.Count, "roles"),
    ];

    private static string[] More(int count, string what) => count > LinesShown ? [$"and {Amount.Of(count - LinesShown)} more {what}: -o json "
        + "shows them all"] : [];

    private static string Signed(int number) => number.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    private static string People(long count) => Amount.Of(count, "person", "people");

    private static string Number(double seconds) => seconds.ToString("0.##", CultureInfo.InvariantCulture);
}
