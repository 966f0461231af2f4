using System.CommandLine;
using Newsletter.Addresses;
using Newsletter.Archive;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Sending;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter editions …</c>: looking at editions, approving and sending them.</summary>
internal static class EditionCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var id = new Argument<long>("ID");
        var emails = Commands.Many("EMAIL", "at most five");
        var settled = new Argument<string[]>("EMAIL") { Description = "of these readers only", Arity = ArgumentArity.ZeroOrMore };
        var sent = new Option<bool>("--sent") { Description = "they arrived" };
        var resend = new Option<bool>("--resend") { Description = "they are sent again, with the same Message-ID" };
        var hash = new Option<string>("--plan-hash") { Description = "approve only this plan, not a later one" };
        var at = new Option<string>("--at") { Description = "2026-12-01T08:00 in the digest's zone (the earlier one, if the hour occurs twice), or "
            + "with Z or an offset", Required = true };
        var wait = new Option<bool>("--wait") { Description = "also send in this process, until nothing is due" };
        var timeout = new Option<int>("--timeout") { Description = "seconds to wait for deferred deliveries", DefaultValueFactory = _ => 0 };
        var limit = Commands.Limit(50);
        var subject = new Option<string>("--subject") { Description = "one line", Required = true };
        var text = new Option<string>("--text") { Description = "paragraphs separated by a blank line", Required = true };
        var item = new Option<long?>("--item") { Description = "only to those who got this item" };
        var archive = new Argument<string>("ARCHIVE") { Description = "public or none" };

        Command Step(string name, string description, Func<EditionSteps, long, Task> step) =>
            new Command(name, description).With(id).Does(shared, settings, async c =>
            {
                await step(c.Get<EditionSteps>(), c.Value(id));
                return await StatusAsync(c, c.Value(id));
            });

        return new Command("editions", "Occurrences of digests").With(EditionPlanCommands.Create(shared, settings)).With(
            new Command("list", "Newest first").With(limit).Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<EditionStore>().ListAsync(c.Value(limit)),
                    ("ID", e => e.Id), ("DIGEST", e => e.DigestSlug), ("STATE", e => e.State), ("SEND AT", e => e.SendAt),
                    ("PEOPLE", e => Amount.Of(e.Subscribers)), ("NOTE", e => e.Note));
                return ExitCode.Ok;
            }),
            new Command("show", "One edition").With(id).Does(shared, settings, ShowAsync(id)),
            new Command("approve", "Approve the plan; exactly this plan is sent").With(id, hash).Does(shared, settings, async c =>
            {
                await c.Get<EditionSteps>().ApproveAsync(c.Value(id), c.Value(hash), CommandContext.Actor);
                return await StatusAsync(c, c.Value(id));
            }),
            new Command("test", "Send it to a few addresses; the unsubscribe link is inert").With(id, emails).Does(shared, settings, async c =>
            {
                await c.Get<TestSending>().SendAsync(c.Value(id), c.Value(emails));
                await Console.Error.WriteLineAsync($"Sent to {string.Join(", ", c.Value(emails))}.{Caught(c)}");
                return ExitCode.Ok;
            }),
            new Command("schedule", "Set when it is sent").With(id, at).Does(shared, settings, async c =>
            {
                var edition = await c.Get<EditionStore>().GetAsync(c.Value(id));
                await c.Get<EditionSteps>().ScheduleAsync(edition.Id, Schedule.ParseTime(c.Value(at)!, edition.Timezone), CommandContext.Actor);
                return await StatusAsync(c, c.Value(id));
            }),
            new Command("send", "Send it now").With(id, wait, timeout).Does(shared, settings, c => SendAsync(c, c.Value(id), c.Value(wait), c.Value(timeout))),
            new Command("settle", "Decide about deliveries for which it is unknown whether they arrived")
                .With(id, settled, sent, resend).Does(shared, settings, async c =>
            {
                if (c.Value(sent) == c.Value(resend))
                {
                    throw new Refusal(RefusalKind.Invalid, "Give either --sent (they arrived) or --resend (send them again).");
                }
                var count = await c.Get<EditionSteps>().SettleAsync(c.Value(id), c.Value(sent), c.Value(settled) ?? [], CommandContext.Actor);
                var next = count > 0 && c.Value(resend)
                    ? $" A worker sends them within a minute, or send them with 'newsletter editions send {c.Value(id)} --wait'."
                    : "";
                await Console.Error.WriteLineAsync($"{Amount.Of(count)} settled.{next}");
                return await StatusAsync(c, c.Value(id));
            }),
            new Command("status", "Its deliveries, counted by state").With(id).Does(shared, settings, c => StatusAsync(c, c.Value(id))),
            new Command("correct", "Send a correction to the readers who got it").With(id, subject, text, item).Does(shared, settings, async c =>
            {
                var readers = await c.Get<Correcting>().CorrectAsync(c.Value(id), c.Value(subject)!, c.Value(text)!, c.Value(item), CommandContext.Actor);
                c.Output.One(new { edition = c.Value(id), readers }, () =>
                    [$"{Amount.Of(readers, "reader gets", "readers get")} the correction; a worker sends the mails."]);
                return ExitCode.Ok;
            }),
            new Command("corrections", "Its corrections and the states of their mails").With(id).Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<CorrectionStore>().OfEditionAsync(c.Value(id)),
                    ("ID", k => k.Id), ("AT", k => k.CreatedAt), ("SUBJECT", k => k.Subject), ("ITEM", k => k.ItemId), ("READERS", k => Amount.Of(k.Readers)),
                    ("SENT", k => Amount.Of(k.Sent)), ("FAILED", k => Amount.Of(k.Failed)), ("UNCERTAIN", k => Amount.Of(k.Uncertain)));
                return ExitCode.Ok;
            }),
            new Command("archive", "Set whether it is in the public archive once it is sent").With(id, archive).Does(shared, settings, async c =>
            {
                await c.Get<Archiving>().SetAsync(c.Value(id), c.Value(archive), CommandContext.Actor);
                return ExitCode.Ok;
            }),
            Step("pause", "Start no new deliveries", (steps, edition) => steps.PauseAsync(edition, CommandContext.Actor)),
            Step("resume", "Resume a paused edition", (steps, edition) => steps.ResumeAsync(edition, CommandContext.Actor)),
            Step("cancel", "Skip the remaining deliveries; their items can be used again",
                (steps, edition) => steps.CancelAsync(edition, CommandContext.Actor)));
    }

    /// <summary>What the edition waits for, and the command that continues.</summary>
    private static string Next(Edition e) => (e.State, e.SendAt) switch
    {
        (EditionState.Planned, null) => $"; next: newsletter editions approve {e.Id}",
        (EditionState.Planned, { } at) => $", not sent at {Output.Local(at, e.Timezone)} unless approved: newsletter editions approve {e.Id}",
        (EditionState.Approved, null) => $"; next: newsletter editions send {e.Id}, or schedule {e.Id} --at TIME",
        (EditionState.Approved, { } at) => $", to be sent {Output.Local(at, e.Timezone)}",
        _ => "",
    };

    private static Func<CommandContext, Task<int>> ShowAsync(Argument<long> id) => async c =>
    {
        var e = await c.Get<EditionStore>().GetAsync(c.Value(id));
        c.Output.One(e, () =>
        [
            $"edition {e.Id} of {e.DigestSlug}: {e.State}{(e.Note is null ? "" : $" ({Output.Text(e.Note)})")}",
            $"{Amount.Of(e.Subscribers, "person", "people")} in {Amount.Of(e.Cohorts, "cohort")}; plan {e.PlanHash}",
            .. e.Subject is null ? (string[])[] : [$"subject: {Output.Text(e.Subject)}"],
            .. e.Intro is null ? (string[])[] : [$"intro: {Output.Text(e.Intro)}"],
            $"planned {Output.Text(e.PlannedAt)}, "
                + $"approved {Output.Text(e.ApprovedAt)} by {Output.Text(e.ApprovedBy is null ? null : EmailAddress.ReadableOf(e.ApprovedBy))}, "
                + $"send at {Output.Text(e.SendAt)}",
        ]);
        return ExitCode.Ok;
    };

    private static async Task<int> SendAsync(CommandContext c, long id, bool wait, int timeout)
    {
        await c.Get<EditionSteps>().SendAsync(id, CommandContext.Actor);
        if (!wait)
        {
            await Console.Error.WriteLineAsync($"Edition {id} is sending; a worker starts within a minute.");
            return ExitCode.Ok;
        }
        await c.Get<ForegroundSending>().RunAsync(id, TimeSpan.FromSeconds(timeout), c.Cancel);
        var status = await StatusOfAsync(c, id);
        Print(c, status);
        if (status.Account.Sent > 0 && Caught(c) is { Length: > 0 } caught)
        {
            await Console.Error.WriteLineAsync(caught.Trim());
        }
        c.Cancel.ThrowIfCancellationRequested();
        return status.Account.Failed + status.Account.Uncertain + status.Account.Deferred > 0 ? ExitCode.SomeFailed
            : status.Edition.State is EditionState.Sending or EditionState.Sent ? ExitCode.Ok
            : throw Refusal.Conflict($"Edition {id} is {status.Edition.State}: it was not sent completely.");
    }

    private static string Caught(CommandContext c) =>
        c.Installation.Outbox is null ? "" : " No relay is configured, so the mail was not sent but kept: see /outbox of 'newsletter serve'.";

    private static async Task<int> StatusAsync(CommandContext c, long id)
    {
        Print(c, await StatusOfAsync(c, id));
        return ExitCode.Ok;
    }

    private static async Task<(Edition Edition, DeliveryAccount Account)> StatusOfAsync(CommandContext c, long id) =>
        (await c.Get<EditionStore>().GetAsync(id), await c.Get<DeliveryStore>().AccountAsync(id));

    private static void Print(CommandContext c, (Edition Edition, DeliveryAccount Account) status)
    {
        var (e, a) = status;
        var seconds = e.StartedAt is { } started ? ((e.FinishedAt ?? c.Get<TimeProvider>().GetUtcNow()) - started).TotalSeconds : 0;
        var facts = new
        {
            edition = e.Id, e.State, a.Planned, a.Sent, a.Failed, a.Uncertain, a.Skipped, a.Deferred, a.Due, e.StartedAt, e.FinishedAt,
            seconds = Math.Round(seconds, 3), messagesPerSecond = seconds > 0 ? Math.Round(a.Sent / seconds, 1) : 0, e.Note,
        };
        c.Output.One(facts, () =>
        [
            $"edition {e.Id} of {e.DigestSlug}: {e.State}{(e.Note is null ? "" : $" ({Output.Text(e.Note)})")}{Next(e)}",
            $"{Amount.Of(a.Planned)} planned = {Amount.Of(a.Sent)} sent + {Amount.Of(a.Failed)} failed + {Amount.Of(a.Uncertain)} uncertain"
                + $" + {Amount.Of(a.Skipped)} skipped + {Amount.Of(a.Deferred)} deferred + {Amount.Of(a.Due)} due",
        ]);
    }
}
