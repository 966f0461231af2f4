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
    NpgsqlDataSource database, EditionStore editions, DeliveryStore deliveries, PlanInputLoader inputs, SendingGuard guard, AuditStore audit,
    AlarmRaising alarms, TimeProvider time)
{
    /// <summary>Years.</summary>
    private const int LongestAhead = 10;

    /// <summary>The actor of what the schedule does.</summary>
    private const string Clock = "schedule";

    // Sent before its time, a mail must not carry the date it was planned for.
    private const string Starting = "started_at = @now, send_at = least(send_at, @now), heartbeat_at = now(), note = null";

    /// <summary>Approving twice is no error.</summary>
    /// <param name="planHash">The plan that was looked at; null trusts what is there now.</param>
    /// <exception cref="Refusal">Conflict: planned anew since, or from other inputs than those of today, or cancelled, or missed.</exception>
    public async Task ApproveAsync(long id, string? planHash, string actor)
    {
        await guard.EnsureReleasedAsync();
        await CheckInputsAsync(await editions.GetAsync(id), EditionState.Planned);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await editions.MoveAsync(connection, transaction, id, [EditionState.Planned], EditionState.Approved,
            "approved_at = @now, approved_by = @actor", "plan_hash = coalesce(@planHash, plan_hash)", new { actor, planHash }))
        {
            await audit.RecordAsync(connection, transaction, actor, "edition approved", $"edition {id}");
            await transaction.CommitAsync();
            return;
        }
        var edition = await editions.GetAsync(id);
        if (planHash is not null && edition.PlanHash != planHash)
        {
            throw Refusal.Conflict($"Edition {id} was planned anew: its plan is now {edition.PlanHash}; look at it again, then approve that.");
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
            throw Refusal.Invalid($"{at.ToString("u", CultureInfo.InvariantCulture)} has passed: give a time to come, or send it now with 'newsletter editions send {id}'.");
        }
        if (at > time.GetUtcNow().AddYears(LongestAhead))
        {
            throw Refusal.Invalid($"{at.ToString("u", CultureInfo.InvariantCulture)} is more than {LongestAhead} years ahead: give a time before.");
        }
        var edition = await editions.GetAsync(id);
        var state = edition.State == EditionState.Planned ? EditionState.Planned : EditionState.Approved;
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await MoveAsync(connection, transaction, id, [state], state, actor, "scheduled", "send_at = @at", "true", new { at = at.ToUniversalTime() });
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
                await TakeAsync(id, [EditionState.Sending], EditionState.Sending, actor, "hurried", "at_once = true, heartbeat_at = now()");
                return;
            case EditionState.Planned:
                throw Refusal.Conflict($"Edition {id} waits for approval: 'newsletter editions approve {id}'.");
            case EditionState.Sent:
                throw Refusal.Conflict($"Edition {id} was sent already.");
        }
        await CheckInputsAsync(edition, EditionState.Approved);
        await TakeAsync(id, [EditionState.Approved], EditionState.Sending, actor, "started", Starting + ", at_once = true");
    }

    /// <summary>Deliveries on the wire end; nothing new begins.</summary>
    public Task PauseAsync(long id, string actor) =>
        TakeAsync(id, [EditionState.Sending], EditionState.Paused, actor, "paused", "note = @note", new { note = $"paused by {EmailAddress.ReadableOf(actor)}" });

    public async Task ResumeAsync(long id, string actor)
    {
        await guard.EnsureReleasedAsync();
        await TakeAsync(id, [EditionState.Paused], EditionState.Sending, actor, "resumed", "note = null, heartbeat_at = now()");
        // When it pauses itself again, that is news.
        await alarms.EndAsync(AlarmKind.EditionPaused, EditionAlarms.About(id));
    }

    /// <summary>What was not sent is skipped, and its items are free again.</summary>
    public Task CancelAsync(long id, string actor) => EndAsync(
        id, [EditionState.Planned, EditionState.Approved, EditionState.Sending, EditionState.Paused],
        EditionState.Cancelled, actor, "cancelled", "true", SkipReason.Cancelled, $"cancelled by {EmailAddress.ReadableOf(actor)}");

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
            // One that was done has something to do again; one that is paused stays so.
            var (from, to) = (await editions.GetAsync(id)).State == EditionState.Paused
                ? ([EditionState.Paused], EditionState.Paused)
                : (new[] { EditionState.Sending, EditionState.Sent }, EditionState.Sending);
            await MoveAsync(connection, transaction, id, from, to, actor, "sent again", "finished_at = null, heartbeat_at = now(), started_at = coalesce(started_at, @now), send_at = least(send_at, @now)", "true", null);
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
        await TakeAsync(id, [EditionState.Approved], EditionState.Sending, Clock, "started", Starting, and: "send_at <= @now");
    }

    /// <summary>Too late to be sent without a word: its items are free again.</summary>
    internal Task MissAsync(long id, DateTimeOffset tooLate, string note) => EndAsync(
        id, [EditionState.Planned, EditionState.Approved],
        EditionState.Missed, Clock, "missed", "send_at < @tooLate", SkipReason.Missed, note, tooLate);

    private async Task CheckInputsAsync(Edition edition, string state)
    {
        if (edition.State == state && await inputs.ChangesAsync(edition) is { } changes)
        {
            throw Refusal.Conflict($"{changes} {(state == EditionState.Planned
                ? $"Plan it again ('newsletter editions plan {edition.DigestSlug}') and look at it."
                : $"Cancel it ('newsletter editions cancel {edition.Id}') and plan anew.")}");
        }
    }

    private async Task EndAsync(
        long id, string[] from, string to, string actor, string done, string and, string reason, string note, DateTimeOffset? tooLate = null)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await MoveAsync(connection, transaction, id, from, to, actor, done, "finished_at = @now, note = @note", and, new { note, tooLate });
        await deliveries.SkipRestAsync(connection, transaction, id, reason);
        await transaction.CommitAsync();
    }

    private async Task TakeAsync(
        long id, string[] from, string to, string actor, string done, string set, object? values = null, string and = "true")
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await MoveAsync(connection, transaction, id, from, to, actor, done, set, and, values);
        await transaction.CommitAsync();
    }

    private async Task MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction,
        long id, string[] from, string to, string actor, string done, string set, string and, object? values)
    {
        if (!await editions.MoveAsync(connection, transaction, id, from, to, set, and, values))
        {
            var edition = await editions.GetAsync(id);
            throw Refusal.Conflict($"Edition {id} is {edition.State}, so it cannot be {done}.");
        }
        await audit.RecordAsync(connection, transaction, actor, $"edition {done}", $"edition {id}");
    }
}
