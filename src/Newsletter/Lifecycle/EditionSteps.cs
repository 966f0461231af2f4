using System.Globalization;
using Newsletter.Addresses;
using Newsletter.Alarms;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Monitoring;
using Newsletter.Planning;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Lifecycle;

/// <summary>The steps that people (and the schedule) take with an edition. Each is one transaction with its audit entry.</summary>
public sealed class EditionSteps(
    NpgsqlDataSource database, EditionStore editions, EditionTransitionStore transitions, DeliveryStore deliveries, PlanInputLoader inputs,
    SendingGuard guard, AuditStore audit, AlarmRaising alarms, TimeProvider time)
{
    /// <summary>Years.</summary>
    private const int LongestAhead = 10;

    /// <summary>The actor of what the schedule does.</summary>
    private const string Clock = "schedule";

    /// <summary>Approving twice is no error.</summary>
    /// <param name="planHash">The plan that was looked at; null trusts what is there now.</param>
    /// <exception cref="Refusal">Conflict: planned anew since, or from other inputs than those of today, or cancelled, or missed.</exception>
    public async Task ApproveAsync(long id, string? planHash, string actor)
    {
        await guard.EnsureReleasedAsync();
        await CheckInputsAsync(await editions.GetAsync(id), EditionState.Planned);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await transitions.ApproveAsync(connection, transaction, id, actor, planHash))
        {
            await audit.RecordAsync(connection, transaction, actor, "edition approved", $"edition {id}");
            await transaction.CommitAsync();
            return;
        }
        var edition = await editions.GetAsync(id);
        if (planHash is not null && edition.PlanHash != planHash)
        {
            throw Refusal.Conflict($"Edition {id} was planned again: its plan is now {edition.PlanHash}; check that plan, then approve it.");
        }
        if (edition.State is not (EditionState.Approved or EditionState.Sending or EditionState.Paused or EditionState.Sent))
        {
            throw Refusal.Conflict($"Edition {id} is {edition.State}, so it cannot be approved.");
        }
    }

    /// <summary>Sets when sending begins, of a planned or approved edition.</summary>
    /// <param name="at">At most ten years ahead.</param>
    /// <exception cref="Refusal">Invalid: the time has passed, or is too far ahead. Conflict: it is sending or over.</exception>
    public async Task ScheduleAsync(long id, DateTimeOffset at, string actor)
    {
        await guard.EnsureReleasedAsync();
        if (at < time.GetUtcNow().AddMinutes(-1))
        {
            throw Refusal.Invalid(
                $"{at.ToString("u", CultureInfo.InvariantCulture)} has passed: give a future time, or send it now with 'newsletter editions send {id}'.");
        }
        if (at > time.GetUtcNow().AddYears(LongestAhead))
        {
            throw Refusal.Invalid($"{at.ToString("u", CultureInfo.InvariantCulture)} is more than {LongestAhead} years ahead: give an earlier time.");
        }
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await CheckAsync(connection, transaction, EditionTransition.Schedule, id, actor, await transitions.ScheduleAsync(connection, transaction, id, at));
        var wanted = await deliveries.WantedHoursAsync(connection, transaction, id);
        await deliveries.SetDueAsync(connection, transaction, id,
            wanted.Select(w => (w.Timezone, w.Hour, new LocalTimes(w.Timezone, at).DueAt(w.Hour))).ToList());
        await transaction.CommitAsync();
    }

    /// <summary>Starts sending an approved edition now, whatever the readers' hours; one that is sending already goes on so.</summary>
    /// <exception cref="Refusal">Conflict: not approved, planned from other inputs than those of today, paused, or over.</exception>
    public async Task SendAsync(long id, string actor)
    {
        await guard.EnsureReleasedAsync();
        var edition = await editions.GetAsync(id);
        switch (edition.State)
        {
            case EditionState.Sending:
                await MoveAsync(EditionTransition.Hurry, id, actor, (connection, transaction) => transitions.HurryAsync(connection, transaction, id));
                return;
            case EditionState.Planned:
                throw Refusal.Conflict($"Edition {id} waits for approval: 'newsletter editions approve {id}'.");
            case EditionState.Sent:
                throw Refusal.Conflict($"Edition {id} was sent already.");
        }
        await CheckInputsAsync(edition, EditionState.Approved);
        await MoveAsync(EditionTransition.Send, id, actor, (connection, transaction) => transitions.SendAsync(connection, transaction, id));
    }

    /// <summary>Deliveries on the wire end; nothing new begins.</summary>
    public Task PauseAsync(long id, string actor) =>
        MoveAsync(EditionTransition.Pause, id, actor, (connection, transaction) =>
            transitions.PauseAsync(connection, transaction, id, $"paused by {EmailAddress.ReadableOf(actor)}"));

    public async Task ResumeAsync(long id, string actor)
    {
        await guard.EnsureReleasedAsync();
        await MoveAsync(EditionTransition.Resume, id, actor, (connection, transaction) => transitions.ResumeAsync(connection, transaction, id));
        // When it pauses itself again, that is news.
        await alarms.EndAsync(AlarmKind.EditionPaused, EditionAlarms.About(id));
    }

    /// <summary>What was not sent is skipped, and its items are free again.</summary>
    public Task CancelAsync(long id, string actor) => EndAsync(
        EditionTransition.Cancel, id, actor, SkipReason.Cancelled, (connection, transaction) =>
            transitions.CancelAsync(connection, transaction, id, $"cancelled by {EmailAddress.ReadableOf(actor)}"));

    /// <summary>Decides on deliveries of which nobody knows whether they arrived.</summary>
    /// <param name="sent">They did; otherwise they are sent again, with the same Message-ID.</param>
    /// <param name="emails">Of these readers; none for all.</param>
    /// <returns>How many were decided.</returns>
    /// <exception cref="Refusal">Conflict: the edition was cancelled or missed, so nothing of it is sent again.</exception>
    public async Task<int> SettleAsync(long id, bool sent, IReadOnlyCollection<string> emails, string actor)
    {
        var keys = emails.Select(email => EmailAddress.Parse(email).Key).ToList();
        await guard.EnsureReleasedAsync();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (!sent)
        {
            await CheckAsync(connection, transaction, EditionTransition.SendAgain, id, actor, await transitions.SendAgainAsync(connection, transaction, id));
            await HistoryPageStore.UnpackAsync(connection, transaction, id);
        }
        var settled = await deliveries.SettleAsync(connection, transaction, id, sent, keys);
        await audit.RecordAsync(connection, transaction, actor, "uncertain deliveries settled", $"edition {id}: {settled} {(sent ? "as sent" : "to be sent again")}");
        await transaction.CommitAsync();
        return settled;
    }

    /// <summary>By the clock, unless somebody moved the time meanwhile.</summary>
    /// <exception cref="Refusal">Conflict: planned from other inputs than those of today, which its note then says.</exception>
    internal async Task StartDueAsync(long id)
    {
        var edition = await editions.GetAsync(id);
        try
        {
            await CheckInputsAsync(edition, EditionState.Approved);
        }
        catch (Refusal refusal)
        {
            await editions.NoteAsync(id, EditionState.Approved, refusal.Message);
            throw;
        }
        await MoveAsync(EditionTransition.Start, id, Clock, (connection, transaction) => transitions.StartAsync(connection, transaction, id));
    }

    /// <summary>Too late to be sent without a word: its items are free again.</summary>
    internal Task MissAsync(long id, DateTimeOffset tooLate, string note) => EndAsync(
        EditionTransition.Miss, id, Clock, SkipReason.Missed, (connection, transaction) =>
            transitions.MissAsync(connection, transaction, id, tooLate, note));

    private async Task CheckInputsAsync(Edition edition, string state)
    {
        if (edition.State == state && await inputs.ChangesAsync(edition) is { } changes)
        {
            throw Refusal.Conflict($"{changes} {(state == EditionState.Planned
                ? $"Plan it again ('newsletter editions plan {edition.DigestSlug}') and look at it."
                : $"Cancel it ('newsletter editions cancel {edition.Id}') and plan it again.")}");
        }
    }

    private Task EndAsync(EditionTransition transition, long id, string actor, string reason, Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> move) =>
        MoveAsync(transition, id, actor, move, (connection, transaction) => deliveries.SkipRestAsync(connection, transaction, id, reason));

    /// <param name="then">In the same transaction.</param>
    private async Task MoveAsync(
        EditionTransition transition, long id, string actor, Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> move,
        Func<NpgsqlConnection, NpgsqlTransaction, Task>? then = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await CheckAsync(connection, transaction, transition, id, actor, await move(connection, transaction));
        if (then is not null)
        {
            await then(connection, transaction);
        }
        await transaction.CommitAsync();
    }

    /// <summary>Records a move that was made, and refuses one that was not.</summary>
    private async Task CheckAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EditionTransition transition, long id, string actor, bool isMoved)
    {
        if (!isMoved)
        {
            throw Refusal.Conflict($"Edition {id} is {(await editions.GetAsync(id)).State}, so it cannot be {transition.Done}.");
        }
        await audit.RecordAsync(connection, transaction, actor, $"edition {transition.Done}", $"edition {id}");
    }
}
