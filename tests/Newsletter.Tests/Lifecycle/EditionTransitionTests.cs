using System.Globalization;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Lifecycle;

/// <summary>Every state and every way to move an edition: it goes where the table of transitions says, or stays and the caller is told.</summary>
public sealed class EditionTransitionTests : IAsyncLifetime
{
    private static readonly string[] States =
    [
        EditionState.Planned, EditionState.Approved, EditionState.Sending, EditionState.Paused, EditionState.Sent, EditionState.Cancelled, EditionState.Missed,
    ];

    /// <summary>Verbs and jobs: the transitions that each may make.</summary>
    private static readonly Dictionary<string, (EditionTransition[] Transitions, Func<TestProduct, long, Task> Act)> Ways = new()
    {
        ["approve"] = ([EditionTransition.Approve], (house, id) => house.Get<EditionSteps>().ApproveAsync(id, null, "test")),
        ["schedule"] = ([EditionTransition.Schedule], (house, id) => house.Get<EditionSteps>().ScheduleAsync(id, house.Time.GetUtcNow().AddDays(1), "test")),
        ["send"] = ([EditionTransition.Send, EditionTransition.Hurry], (house, id) => house.Get<EditionSteps>().SendAsync(id, "test")),
        ["start"] = ([EditionTransition.Start], (house, id) => house.Get<EditionSteps>().StartDueAsync(id)),
        ["pause"] = ([EditionTransition.Pause], (house, id) => house.Get<EditionSteps>().PauseAsync(id, "test")),
        ["resume"] = ([EditionTransition.Resume], (house, id) => house.Get<EditionSteps>().ResumeAsync(id, "test")),
        ["cancel"] = ([EditionTransition.Cancel], (house, id) => house.Get<EditionSteps>().CancelAsync(id, "test")),
        ["miss"] = ([EditionTransition.Miss], (house, id) => house.Get<EditionSteps>().MissAsync(id, house.Time.GetUtcNow(), "too late")),
        ["settle as sent"] = ([], (house, id) => house.Get<EditionSteps>().SettleAsync(id, sent: true, [], "test")),
        ["settle to be sent again"] = ([EditionTransition.SendAgain], (house, id) => house.Get<EditionSteps>().SettleAsync(id, sent: false, [], "test")),
        ["finish"] = ([EditionTransition.Finish], async (house, id) =>
        {
            await house.ExecuteAsync("update deliveries set state = 'sent', ended_at = now() where edition_id = $1", id);
            await house.Get<EditionTransitionStore>().FinishAsync(id);
        }),
        ["finish too early"] = ([], (house, id) => house.Get<EditionTransitionStore>().FinishAsync(id)),
        ["pause itself"] = ([EditionTransition.PauseItself], (house, id) => house.Get<EditionTransitionStore>().PauseItselfAsync(id, "note", "why")),
        ["pause what is forgotten"] = ([EditionTransition.PauseItself], async (house, id) =>
        {
            await house.ExecuteAsync("update editions set heartbeat_at = now() - interval '1 hour' where id = $1", id);
            await house.Get<EditionTransitionStore>().PauseForgottenAsync();
        }),
        ["end after a restore"] = ([EditionTransition.EndRestored], (house, _) => InTransactionAsync(house, (connection, transaction) =>
            house.Get<EditionTransitionStore>().EndRestoredAsync(connection, transaction, "note"))),
        ["approve unasked"] = ([], (house, id) => InTransactionAsync(house, (connection, transaction) =>
            house.Get<EditionTransitionStore>().ApproveUnaskedAsync(connection, transaction, id))),
        ["the job of each minute, too late"] = ([EditionTransition.Miss], (house, _) => house.Get<DueEditions>().StartAsync()),
        ["the job of each minute, in time"] = ([EditionTransition.Start], async (house, id) =>
        {
            await house.ExecuteAsync("update editions set send_at = $2 where id = $1", id, house.Time.GetUtcNow());
            await house.Get<DueEditions>().StartAsync();
        }),
    };

    /// <summary>The others are jobs and workers: what they may not do, they leave alone in silence.</summary>
    private static readonly string[] AnswersPeople =
    [
        "approve", "schedule", "send", "pause", "resume", "cancel", "settle as sent", "settle to be sent again",
    ];

    /// <summary>By the clock of the machine, which commands use.</summary>
    private static readonly string Tomorrow = TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>Commands; the edition's number comes after the first word.</summary>
    private static readonly Dictionary<string, EditionTransition[]> Commands = new()
    {
        ["approve"] = [EditionTransition.Approve],
        [$"schedule --at {Tomorrow}"] = [EditionTransition.Schedule],
        ["send"] = [EditionTransition.Send, EditionTransition.Hurry],
        ["pause"] = [EditionTransition.Pause],
        ["resume"] = [EditionTransition.Resume],
        ["cancel"] = [EditionTransition.Cancel],
        ["settle --sent"] = [],
        ["settle --resend"] = [EditionTransition.SendAgain],
    };

    private readonly TestProduct house = new();

    public static TheoryData<string> AllStates => [.. States];

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Theory]
    [MemberData(nameof(AllStates))]
    public async Task Verbs_and_jobs_go_by_the_table(string state)
    {
        var edition = (await house.PlanAsync()).Edition;
        foreach (var (way, (transitions, act)) in Ways)
        {
            await PutAsync(edition, state);
            Refusal? refusal = null;
            try
            {
                await act(house, edition);
            }
            catch (Refusal refused)
            {
                refusal = refused;
            }
            Assert.Equal((way, Expected(transitions, state)), (way, await house.StateAsync(edition)));
            Assert.True(refusal is null or { Kind: RefusalKind.Conflict }, $"{way} when {state}: {refusal?.Message}");
            if (AnswersPeople.Contains(way))
            {
                var isDone = transitions.Any(transition => transition.From(state) is not null) || IsRepeatable(way, state);
                Assert.Equal((way, state, isDone), (way, state, refusal is null));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllStates))]
    public async Task Commands_go_by_the_table(string state)
    {
        var edition = (await house.PlanAsync()).Edition;
        foreach (var (command, transitions) in Commands)
        {
            await PutAsync(edition, state);
            var words = command.Split(' ');
            var run = await CliRun.OfAsync(house.Configuration, ["editions", words[0], $"{edition}", .. words[1..]]);
            Assert.Equal((command, Expected(transitions, state)), (command, await house.StateAsync(edition)));
            var isDone = transitions.Any(transition => transition.From(state) is not null) || IsRepeatable(command, state);
            Assert.True(run.ExitCode == (isDone ? 0 : 5), $"{command} when {state} ended with {run.ExitCode}: {run.Error}");
        }
    }

    [Fact]
    public async Task A_digest_without_approval_is_approved_by_its_plan()
    {
        await house.DigestAsync(digest => digest with { Slug = "unasked", Approval = "none" });

        Assert.Equal(EditionState.Approved, await house.StateAsync((await house.PlanAsync("unasked")).Edition));
    }

    [Fact]
    public void Each_transition_leads_between_states_that_there_are_and_over_is_over()
    {
        Assert.All(EditionTransition.All.SelectMany(t => t.Moves), move => Assert.True(States.Contains(move.From) && States.Contains(move.To)));
        Assert.All(EditionTransition.All, t => Assert.Equal(t.Moves.Select(m => m.From).Distinct().Count(), t.Moves.Count));
        Assert.DoesNotContain(EditionTransition.All.SelectMany(t => t.Moves), move => move.From is EditionState.Cancelled or EditionState.Missed);
    }

    /// <summary>No error when it is done already: to approve the same plan, and to settle when nothing is uncertain.</summary>
    private static bool IsRepeatable(string way, string state) => way is "settle --sent" or "settle as sent"
        || (way == "approve" && state is EditionState.Approved or EditionState.Sending or EditionState.Paused or EditionState.Sent);

    private static string Expected(EditionTransition[] transitions, string state) =>
        transitions.Select(transition => transition.From(state)).FirstOrDefault(to => to is not null) ?? state;

    private static async Task InTransactionAsync(TestProduct house, Func<Npgsql.NpgsqlConnection, Npgsql.NpgsqlTransaction, Task> act)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await act(connection, transaction);
        await transaction.CommitAsync();
    }

    /// <summary>In this state, to be sent two hours ago, with a delivery that is due.</summary>
    private async Task PutAsync(long edition, string state)
    {
        await house.ExecuteAsync(
            "update editions set state = $2, send_at = $3, started_at = null, finished_at = null, heartbeat_at = now() where id = $1",
            edition, state, house.Time.GetUtcNow().AddHours(-2));
        await house.ExecuteAsync("update deliveries set state = $2, reason = null, ended_at = null where edition_id = $1", edition, DeliveryState.Due);
    }
}
