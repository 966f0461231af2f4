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

/// <summary>The steps that editors and the schedule take with an edition. Each one is a transaction that includes its audit entry.</summary>
public sealed class EditionSteps(
    NpgsqlDataSource database, EditionStore editions, EditionTransitionStore transitions, DeliveryStore deliveries, PlanInputLoader inputs,
    SendingGuard guard, AuditStore audit, AlarmRaising alarms, TimeProvider time)
{
    /// <summary>In years.</summary>
    private const int LongestAhead = 10;

    /// <summary>The audit actor of scheduled steps.</summary>
    private const string Clock = "schedule";

    /// <summary>Approves a planned edition. Idempotent: approving an approved edition succeeds.</summary>
    /// <param name="planHash">Hash of the plan that the editor reviewed; null approves the current plan.</param>
    /// <exception cref="Refusal">Conflict: replanned since the review, planned from inputs that have changed, cancelled, or missed.</exception>
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

    /// <summary>Sets the send time of a planned or approved edition.</summary>
    /// <param name="at">In the future, at most ten years ahead.</param>
    /// <exception cref="Refusal">Invalid: the time has passed, or is too far ahead. Conflict: the edition is sending or has ended.</exception>
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

    /// <summary>Starts sending an approved edition now, ignoring readers' hours. An edition that is already sending also ignores them from now on.</summary>
    /// <exception cref="Refusal">Conflict: not approved, planned from inputs that have changed, paused, or ended.</exception>
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
                throw Refusal.Conflict($"Edition {id} has already been sent.");
        }
        await CheckInputsAsync(edition, EditionState.Approved);
        await MoveAsync(EditionTransition.Send, id, actor, (connection, transaction) => transitions.SendAsync(connection, transaction, id));
    }

    /// <summary>Pauses sending: deliveries in transit complete, no new one starts.</summary>
    public Task PauseAsync(long id, string actor) =>
        MoveAsync(EditionTransition.Pause, id, actor, (connection, transaction) =>
            transitions.PauseAsync(connection, transaction, id, $"paused by {EmailAddress.ReadableOf(actor)}"));

    public async Task ResumeAsync(long id, string actor)
    {
        await guard.EnsureReleasedAsync();
        await MoveAsync(EditionTransition.Resume, id, actor, (connection, transaction) => transitions.ResumeAsync(connection, transaction, id));
        // Ends the alarm, so that another automatic pause raises it again.
        await alarms.EndAsync(AlarmKind.EditionPaused, EditionAlarms.About(id));
    }

    /// <summary>Cancels an edition: unsent deliveries are skipped, and their items become available again.</summary>
    public Task CancelAsync(long id, string actor) => EndAsync(
        EditionTransition.Cancel, id, actor, SkipReason.Cancelled, (connection, transaction) =>
            transitions.CancelAsync(connection, transaction, id, $"cancelled by {EmailAddress.ReadableOf(actor)}"));

    /// <summary>Settles uncertain deliveries, which may or may not have arrived.</summary>
    /// <param name="sent">True records them as sent; false sends them again, with the same Message-ID.</param>
    /// <param name="emails">Only those of these readers; empty for all.</param>
    /// <returns>The number of settled deliveries.</returns>
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
        await audit.RecordAsync(
            connection, transaction, actor, "uncertain deliveries settled", $"edition {id}: {settled} {(sent ? "as sent" : "to be sent again")}");
        await transaction.CommitAsync();
        return settled;
    }

    /// <summary>Starts a due edition, unless its send time was changed concurrently.</summary>
    /// <exception cref="Refusal">Conflict: planned from inputs that have changed; the edition's note then says so.</exception>
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

    /// <summary>Marks an edition as missed, since it is too late to send it unannounced; its items become available again.</summary>
    internal Task MissAsync(long id, DateTimeOffset tooLate, string note) => EndAsync(
        EditionTransition.Miss, id, Clock, SkipReason.Missed, (connection, transaction) =>
            transitions.MissAsync(connection, transaction, id, tooLate, note));

    private async Task CheckInputsAsync(Edition edition, string state)
    {
        if (edition.State == state && await inputs.ChangesAsync(edition) is { } changes)
        {
            throw Refusal.Conflict($"{changes} {(state == EditionState.Planned
                ? $"Plan it again ('newsletter editions plan {edition.DigestSlug}') and review it."
                : $"Cancel it ('newsletter editions cancel {edition.Id}') and plan it again.")}");
        }
    }

    private Task EndAsync(EditionTransition transition, long id, string actor, string reason, Func<NpgsqlConnection, NpgsqlTransaction, Task<bool>> move) =>
        MoveAsync(transition, id, actor, move, (connection, transaction) => deliveries.SkipRestAsync(connection, transaction, id, reason));

    /// <param name="then">Runs in the same transaction.</param>
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

    /// <summary>Audits a transition that succeeded; refuses one that did not.</summary>
    /// <exception cref="Refusal">Conflict: the edition's state does not allow the transition.</exception>
    private async Task CheckAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EditionTransition transition, long id, string actor, bool isMoved)
    {
        if (!isMoved)
        {
            throw Refusal.Conflict($"Edition {id} is {(await editions.GetAsync(id)).State}, so it cannot be {transition.Done}.");
        }
        await audit.RecordAsync(connection, transaction, actor, $"edition {transition.Done}", $"edition {id}");
    }
}
