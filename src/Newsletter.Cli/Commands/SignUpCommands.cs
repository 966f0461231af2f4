using System.CommandLine;
using Newsletter.Membership;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter sign-ups …</c></summary>
internal static class SignUpCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings) =>
        new Command("sign-ups", "Sign-ups that are held because many more than usual arrived").With(
            new Command("status", "Whether new ones are held, and how many wait").Does(shared, settings, async c =>
            {
                var status = await c.Get<SignUpBrake>().StatusAsync();
                c.Output.One(status, () =>
                [
                    status.IsQuiet ? "not held: sign-ups work as usual" : status.Sentence,
                    $"last hour: {Amount.Of(status.LastHour)}; held from: {Amount.Of(status.Limit)}; "
                    + $"busiest hour of a usual day: {Amount.Of(status.Usual)}",
                ]);
                return ExitCode.Ok;
            }),
            new Command("release", "Send the held mails, and stop holding new ones").Does(shared, settings, c =>
                DecideAsync(c, "released", c.Get<SignUpBrake>().ReleaseAsync)),
            new Command("discard", "Discard the held requests; their mails are not sent").Does(shared, settings, c =>
                DecideAsync(c, "discarded", c.Get<SignUpBrake>().DiscardAsync)));

    private static async Task<int> DecideAsync(CommandContext c, string what, Func<string, Task<int>> decide)
    {
        var count = await decide(CommandContext.Actor);
        c.Output.One(new Decided(count), () => [$"{Amount.Of(count)} {what}"]);
        return ExitCode.Ok;
    }

    private sealed record Decided(int Count);
}
