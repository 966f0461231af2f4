using Dapper;
using Npgsql;

namespace Newsletter.Alarms;

/// <summary>Alarms and their undelivered messages. Safe for any number of processes that raise and send concurrently.</summary>
public sealed class AlarmStore(NpgsqlDataSource database, TimeProvider time)
{
    private const int LongestReply = 300;

    /// <summary>Messages older than this are discarded: an outdated alarm would only confuse.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(1);

    /// <summary>Longer than any attempt takes, so a message is sent twice only after a crash.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan MaxBackoff = TimeSpan.FromHours(1);

    /// <summary>
    /// Minimum age before an alarm may end. The clocks of several workers differ, and so do their findings: without this, one worker could
    /// end an alarm that another has just raised and would raise, and deliver, again.
    /// </summary>
    private static readonly TimeSpan MinOpenTime = TimeSpan.FromMinutes(5);

    /// <summary>Opens an alarm, with one message for each current operator.</summary>
    /// <returns>False if an alarm of the same kind and cause is already open.</returns>
    public async Task<bool> RaiseAsync(Alarm alarm, bool withWebhook)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var now = time.GetUtcNow();
        var id = await connection.ExecuteScalarAsync<long?>(
            """
            insert into alarms (kind, about, headline, sentence, to_do, page, raised_at)
            values (@Kind, @About, @Headline, @Sentence, @ToDo, @Page, @now)
            on conflict (kind, about) where over_at is null do nothing
            returning id
            """, new { alarm.Kind, alarm.About, alarm.Headline, alarm.Sentence, alarm.ToDo, alarm.Page, now }, transaction);
        if (id is null)
        {
            return false;
        }
        await connection.ExecuteAsync(
            """
            insert into alarm_messages (alarm_id, editor_id, due_at)
            select @id, e.id, @now from editors e where e.permission = 'operator' and e.disabled_at is null
            union all
            select @id, null, @now where @withWebhook
            """, new { id, now, withWebhook }, transaction);
        await transaction.CommitAsync();
        return true;
    }

    /// <returns>True if one was open.</returns>
    public async Task<bool> EndAsync(string kind, string about)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            "update alarms set over_at = @now where kind = @kind and about = @about and over_at is null", new { kind, about, now = time.GetUtcNow() }) > 0;
    }

    /// <summary>Ends alarms of a kind whose cause no longer exists.</summary>
    /// <param name="stillThere">The causes that still exist.</param>
    /// <returns>The causes of the alarms that ended.</returns>
    public async Task<IReadOnlyList<string>> EndOthersAsync(string kind, IReadOnlyCollection<string> stillThere)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        return (await connection.QueryAsync<string>(
            """
            update alarms set over_at = @now where kind = @kind and over_at is null and raised_at <= @settled and about <> all(@stillThere)
            returning about
            """, new { kind, now, settled = now - MinOpenTime, stillThere = stillThere.ToArray() })).AsList();
    }

    /// <summary>Discards messages that could not be delivered within a day.</summary>
    /// <returns>Number of discarded messages.</returns>
    public async Task<int> ExpireAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            """
            update alarm_messages m set state = 'expired' from alarms a
            where a.id = m.alarm_id and m.state in ('due', 'sending') and m.due_at <= @now and a.raised_at < @before
            """, new { now = time.GetUtcNow(), before = time.GetUtcNow() - MaxAge });
    }

    /// <param name="toWebhook">True for webhook messages, false for mails.</param>
    public async Task<bool> IsAnyDueAsync(bool toWebhook)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from alarm_messages where state in ('due', 'sending') and due_at <= @now and (editor_id is null) = @toWebhook)",
            new { now = time.GetUtcNow(), toWebhook });
    }

    /// <summary>Claims a message that is due, or whose lease has expired because the process that claimed it crashed.</summary>
    public async Task<AlarmMessage?> ClaimAsync(bool toWebhook)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        return (await connection.QueryAsync<AlarmMessage, Alarm, AlarmMessage>(
            """
            update alarm_messages m set state = 'sending', attempt = m.attempt + 1, due_at = @until
            from alarms a
            where a.id = m.alarm_id and m.id = (
                select id from alarm_messages where state in ('due', 'sending') and due_at <= @now and (editor_id is null) = @toWebhook
                order by due_at, id limit 1 for update skip locked)
            returning m.id, m.alarm_id, m.attempt::int as attempt, m.message_id, a.raised_at,
                      (select e.email from editors e
                       where e.id = m.editor_id and e.permission = 'operator' and e.disabled_at is null
                         and not exists (select from suppressions s where s.email_key = e.email_key)) as email,
                      a.kind, a.about, a.headline, a.sentence, a.to_do, a.page
            """, (message, alarm) => message with { Alarm = alarm }, new { now, until = now + Lease, toWebhook }, splitOn: "kind")).SingleOrDefault();
    }

    public Task SentAsync(AlarmMessage message) => EndAsync(message, AlarmMessageState.Sent, null, TimeSpan.Zero);

    public Task FailedAsync(AlarmMessage message, string reply) => EndAsync(message, AlarmMessageState.Failed, reply, TimeSpan.Zero);

    /// <summary>Schedules a retry with exponential backoff: after 1, 2, 4 … minutes, at most an hour.</summary>
    public Task AgainAsync(AlarmMessage message, string reply) =>
        EndAsync(
            message, AlarmMessageState.Due, reply,
            TimeSpan.FromMinutes(Math.Min(MaxBackoff.TotalMinutes, Math.Pow(2, Math.Min(message.Attempt - 1, 10)))));

    private async Task EndAsync(AlarmMessage message, string state, string? reply, TimeSpan delay)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update alarm_messages set state = @state, reply = left(@reply, @LongestReply), due_at = @due
            where id = @Id and state = 'sending' and attempt = @Attempt
            """, new { state, reply = reply?.Replace('\0', ' '), LongestReply, due = time.GetUtcNow() + delay, message.Id, message.Attempt });
    }
}
