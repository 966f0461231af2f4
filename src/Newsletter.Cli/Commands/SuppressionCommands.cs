using System.CommandLine;
using Newsletter.Addresses;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter suppressions …</c></summary>
internal static class SuppressionCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var email = new Argument<string>("EMAIL");
        var reason = new Option<string>("--reason") { Description = "why, in a few words", Required = true };
        return new Command("suppressions", "Addresses that must not be mailed").With(
            new Command("list", "All of them").Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<SuppressionStore>().ListAsync(int.MaxValue),
                    ("ADDRESS", s => EmailAddress.ReadableOf(s.EmailKey)), ("REASON", s => s.Reason), ("SINCE", s => s.CreatedAt));
                return ExitCode.Ok;
            }),
            new Command("add", "Never mail this address again").With(email, reason).Does(shared, settings, async c =>
            {
                await c.Get<SuppressionStore>().AddAsync(EmailAddress.Parse(c.Value(email)), c.Value(reason)!, CommandContext.Actor);
                return ExitCode.Ok;
            }),
            new Command("lift", "Mail this address again").With(email, reason).Does(shared, settings, async c =>
                await c.Get<SuppressionStore>().LiftAsync(EmailAddress.Parse(c.Value(email)), c.Value(reason)!, CommandContext.Actor)
                    ? ExitCode.Ok
                    : throw Refusal.NotFound("This address is not suppressed.")));
    }
}
