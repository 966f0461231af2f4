using Dapper;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Digests;

/// <summary>
/// The statements of the state machine: one method per <see cref="EditionTransition"/>. Each returns whether the edition was in a
/// valid start state; a concurrent process may have changed it. Methods with a connection parameter run in the caller's transaction.
/// </summary>
public sealed class EditionTransitionStore(NpgsqlDataSource database, AuditStore audit, TimeProvider time)
{
    /// <summary>First words of the note of an edition that paused itself.</summary>
    internal const string PausedItself = "paused by itself: ";

    /// <summary>The audit actor of transitions that result from sending.</summary>
    private const string Worker = "worker";

    // Start and target states are parameters, filled from the transition table.
    private const string Moves = "from unnest(@from, @to) as move (before, after) where e.id = @id and e.state = move.before";

    /// <param name="planHash">Hash of the plan that was reviewed; null approves the current plan.</param>
    internal Task<bool> ApproveAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string actor, string? planHash) =>
        MoveAsync(connection, transaction, EditionTransition.Approve, id,
            $"""
            update editions e set state = move.after, approved_at = @now, approved_by = @actor
            {Moves} and e.plan_hash = coalesce(@planHash, e.plan_hash)
            """, new { actor, planHash });

    /// <summary>Approves the edition if its digest needs no approval; otherwise changes nothing.</summary>
    internal Task<bool> ApproveUnaskedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.ApproveUnasked, id,
            $"""
            update editions e set state = move.after, approved_at = @now, approved_by = 'the digest needs no approval'
            {Moves} and exists (select from digests d where d.id = e.digest_id and d.approval = 'none')
            """);

    internal Task<bool> ScheduleAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, DateTimeOffset at) =>
        MoveAsync(connection, transaction, EditionTransition.Schedule, id,
            $"update editions e set state = move.after, send_at = @at {Moves}", new { at = at.ToUniversalTime() });

    /// <summary>Sets <c>send_at</c> back to now if it is later: the mails' date must not lie in the future.</summary>
    internal Task<bool> SendAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.Send, id,
            $"""
            update editions e set state = move.after, started_at = @now, send_at = least(e.send_at, @now), heartbeat_at = now(), note = null, at_once = true
            {Moves}
            """);

    /// <summary>Checks the send time again, which may have been changed concurrently.</summary>
    internal Task<bool> StartAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.Start, id,
            $"""
            update editions e set state = move.after, started_at = @now, send_at = least(e.send_at, @now), heartbeat_at = now(), note = null
            {Moves} and e.send_at <= @now
            """);

    internal Task<bool> HurryAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.Hurry, id,
            $"update editions e set state = move.after, at_once = true, heartbeat_at = now() {Moves}");

    internal Task<bool> PauseAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string note) =>
        MoveAsync(connection, transaction, EditionTransition.Pause, id, $"update editions e set state = move.after, note = @note {Moves}", new { note });

    internal Task<bool> ResumeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.Resume, id,
            $"update editions e set state = move.after, note = null, heartbeat_at = now() {Moves}");

    internal Task<bool> CancelAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, string note) =>
        MoveAsync(connection, transaction, EditionTransition.Cancel, id,
            $"update editions e set state = move.after, finished_at = @now, note = @note {Moves}", new { note });

    /// <param name="tooLate">Only an edition with an earlier send time is missed.</param>
    internal Task<bool> MissAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id, DateTimeOffset tooLate, string note) =>
        MoveAsync(connection, transaction, EditionTransition.Miss, id,
            $"update editions e set state = move.after, finished_at = @now, note = @note {Moves} and e.send_at < @tooLate", new { note, tooLate });

    internal Task<bool> SendAgainAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long id) =>
        MoveAsync(connection, transaction, EditionTransition.SendAgain, id,
            $"""
            update editions e set state = move.after, finished_at = null, heartbeat_at = now(), started_at = coalesce(e.started_at, @now),
                   send_at = least(e.send_at, @now)
            {Moves}
            """);

    /// <summary>Ends all editions that a restored database would continue to send.</summary>
    internal Task EndRestoredAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string note) =>
        connection.ExecuteAsync(
            """
            update editions e set state = move.after, finished_at = @now, note = @note
            from unnest(@from, @to) as move (before, after) where e.state = move.before
            """, Parameters(EditionTransition.EndRestored, new { note }), transaction);

    /// <summary>Uncertain deliveries on hold do not prevent an edition from finishing.</summary>
    public Task<bool> FinishAsync(long id) => MoveAloneAsync(
        EditionTransition.Finish, id, $"edition {id}",
        $"""
        update editions e set state = move.after, finished_at = @now, note = null
        {Moves} and not exists (
            select from deliveries where edition_id = @id and state in ('due', 'deferred', 'claimed', 'sending'))
        """, null);

    /// <param name="note">For editors; may quote a server reply.</param>
    /// <param name="why">For the audit log; must not contain addresses.</param>
    internal Task<bool> PauseItselfAsync(long id, string note, string why) => MoveAloneAsync(
        EditionTransition.PauseItself, id, $"edition {id}: {why}", $"update editions e set state = move.after, note = @note {Moves}", note);

    /// <summary>
    /// Pauses editions without a heartbeat for 15 minutes: this database may be a copy whose original has sent them. Used by processes
    /// that cannot detect a restore in another way.
    /// </summary>
    internal async Task PauseForgottenAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            with paused as (
                update editions e set state = move.after,
                       note = format('paused by itself: no process sent it for 15 minutes or more; if this database is a copy, the original may have sent it; '
                                     'otherwise run %s', quote_literal('newsletter editions resume ' || e.id))
                from unnest(@from, @to) as move (before, after)
                where e.state = move.before and e.heartbeat_at < now() - interval '15 minutes' returning e.id)
            insert into audit_log (at, actor, action, subject)
            select now(), 'worker', 'edition paused itself', 'edition ' || id || ': nobody sent it for 15 minutes or more, and it may have been sent elsewhere'
            from paused
            """, Parameters(EditionTransition.PauseItself, null));
    }

    private async Task<bool> MoveAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, EditionTransition transition, long id, string sql, object? values = null)
    {
        var parameters = Parameters(transition, values);
        parameters.Add("id", id);
        return await connection.ExecuteAsync(sql, parameters, transaction) == 1;
    }

    private async Task<bool> MoveAloneAsync(EditionTransition transition, long id, string subject, string sql, string? note)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (!await MoveAsync(connection, transaction, transition, id, sql, new { note }))
        {
            return false;
        }
        await audit.RecordAsync(connection, transaction, Worker, $"edition {transition.Done}", subject);
        await transaction.CommitAsync();
        return true;
    }

    private DynamicParameters Parameters(EditionTransition transition, object? values)
    {
        var parameters = new DynamicParameters(values);
        parameters.AddDynamicParams(new
        {
            from = transition.Moves.Select(move => move.From).ToArray(), to = transition.Moves.Select(move => move.To).ToArray(), now = time.GetUtcNow(),
        });
        return parameters;
    }
}
