using System.CommandLine;
using Newsletter.Addresses;
using Newsletter.Digests;
using Newsletter.Lifecycle;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter restore status</c>, <c>newsletter restore confirm</c></summary>
internal static class RestoredCommands
{
    public static Command Status(SharedOptions shared, IReadOnlyDictionary<string, string?> settings) =>
        new Command("status", "Whether this database was restored, and what it would send").Does(shared, settings, async c =>
        {
            var status = await c.Get<RestoreConfirmation>().StatusAsync();
            c.Output.One(status, () => Lines(status));
            return ExitCode.Ok;
        });

    public static Command Confirm(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var hold = new Option<bool>("--hold") { Description = "it is unknown what was sent since: waiting mails become uncertain (the default)" };
        var sent = new Option<string?>("--sent")
        {
            Description = "a file with one address per line, or -: these people got their mail, according to the relay's log; all other mails are sent",
        };
        var nothing = new Option<bool>("--nothing-sent-since") { Description = "nothing was sent since: all waiting mails are sent" };
        return new Command("confirm", "Decide about the mails that were waiting in the backup, and resume sending")
            .With(hold, sent, nothing).Does(shared, settings, async c =>
        {
            if (new[] { c.Value(hold), c.Value(sent) is not null, c.Value(nothing) }.Count(given => given) > 1)
            {
                throw Refusal.Invalid("Give one of --hold, --sent FILE and --nothing-sent-since.");
            }
            var confirmation = c.Get<RestoreConfirmation>();
            var outcome = c.Value(nothing) ? await confirmation.ReleaseAsync(CommandContext.Actor)
                : c.Value(sent) is { } path ? await confirmation.RecordSentAsync(await ReadAsync(path, c.Cancel), CommandContext.Actor)
                : await confirmation.HoldAsync(CommandContext.Actor);
            c.Output.One(outcome, () =>
            [
                c.Value(nothing) ? "Sending resumes."
                : c.Value(sent) is not null ? $"Counted as sent: {Rows(outcome)}; the rest will be sent."
                : $"Uncertain: {Rows(outcome)}; 'newsletter editions settle ID --sent' or '--resend' decides about those of an edition.",
                .. outcome.Occurrences > 0 ? [$"Recorded as missed: {Amount.Of(outcome.Occurrences, "occurrence")} whose time has passed."] : (string[])[],
            ]);
            return ExitCode.Ok;
        });
    }

    private static IEnumerable<string> Lines(RestoreStatus status)
    {
        if (!status.Restored)
        {
            return ["not restored: sending works as usual"];
        }
        return
        [
            $"restored: {status.Why}; noticed {Output.Text(status.NoticedAt)}, and nothing is sent until 'newsletter restore confirm'",
            $"It has no data about what happened after {Output.Text(status.KnownUntil)}: "
                + "mails sent, people who left and people who joined since then are missing.",
            .. status.Editions.Select(e => e.State == EditionState.Planned
                ? $"waits for approval: edition {e.Edition} of {e.Digest}, which may have been approved and sent since"
                : $"would be sent: edition {e.Edition} of {e.Digest} ({e.State}): "
                    + $"{Amount.Of(e.Due + e.Deferred + e.Claimed + e.Sending, "mail")}, of which {Amount.Of(e.Sending, "was", "were")} being sent"),
            .. status.Notices > 0 ? [$"would be sent: {Amount.Of(status.Notices, "notice")} (confirmations and the like)"] : (string[])[],
            .. status.Occurrences.Select(o => $"time has passed: {o.Digest}, {Output.Text(o.At)}"),
        ];
    }

    private static string Rows(RestoreOutcome outcome) =>
        $"{Amount.Of(outcome.Deliveries, "delivery", "deliveries")} and {Amount.Of(outcome.Notices, "notice")}";

    private static async Task<IReadOnlySet<string>> ReadAsync(string path, CancellationToken cancel)
    {
        using var reader = new StreamReader(Input.Open(path, cancel));
        return await AddressList.ReadAsync(reader, cancel);
    }
}
