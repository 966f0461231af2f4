using Dapper;
using Npgsql;

namespace Newsletter.Alarms;

/// <summary>Alarms as rows, and what is on its way of them. Any number of processes may raise and send at once.</summary>
public sealed class AlarmStore(NpgsqlDataSource database, TimeProvider time)
{
    private const int LongestReply = 300;

    /// <summary>News of yesterday would only confuse.</summary>
    private static readonly TimeSpan GoodFor = TimeSpan.FromDays(1);

    /// <summary>Longer than any attempt takes: two are sent only after a crash.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>
    /// Clocks of several workers differ, and so does what they find: what was raised just now is not taken back at once,
    /// only to be raised, and told, again.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(5);

    /// <summary>Opens an alarm, to be told to all operators there are now.</summary>
    /// <returns>False when one of its kind about the same is open.</returns>
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

    /// <returns>Whether one was open.</returns>
    public async Task<bool> EndAsync(string kind, string about)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            "update alarms set over_at = @now where kind = @kind and about = @about and over_at is null", new { kind, about, now = time.GetUtcNow() }) > 0;
    }

    /// <summary>Ends those of a kind whose cause is not there any more.</summary>
    /// <param name="stillThere">What the others are about.</param>
    /// <returns>What those that ended were about.</returns>
    public async Task<IReadOnlyList<string>> EndOthersAsync(string kind, IReadOnlyCollection<string> stillThere)
    {
        await using var connection = await database.OpenConnectionAsync();
        var now = time.GetUtcNow();
        return (await connection.QueryAsync<string>(
            """
            update alarms set over_at = @now where kind = @kind and over_at is null and raised_at <= @settled and about <> all(@stillThere)
            returning about
            """, new { kind, now, settled = now - Settled, stillThere = stillThere.ToArray() })).AsList();
    }

    /// <summary>Gives up what could not be delivered within a day.</summary>
    /// <returns>How many messages.</returns>
    public async Task<int> ExpireAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            """
            update alarm_messages m set state = 'expired' from alarms a
            where a.id = m.alarm_id and m.state in ('due', 'sending') and m.due_at <= @now and a.raised_at < @before
            """, new { now = time.GetUtcNow(), before = time.GetUtcNow() - GoodFor });
    }

    /// <param name="toWebhook">False for those by mail.</param>
    public async Task<bool> IsAnyDueAsync(bool toWebhook)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from alarm_messages where state in ('due', 'sending') and due_at <= @now and (editor_id is null) = @toWebhook)",
            new { now = time.GetUtcNow(), toWebhook });
    }

    /// <summary>Takes one that is due, or was taken by a process that never came back.</summary>
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

    public Task SentAsync(AlarmMessage message) => EndAsync(message, "sent", null, TimeSpan.Zero);

    public Task FailedAsync(AlarmMessage message, string reply) => EndAsync(message, "failed", reply, TimeSpan.Zero);

    /// <summary>Again after 1, 2, 4 … minutes, up to an hour.</summary>
    public Task AgainAsync(AlarmMessage message, string reply) =>
        EndAsync(message, "due", reply, TimeSpan.FromMinutes(Math.Min(LongestPause.TotalMinutes, Math.Pow(2, Math.Min(message.Attempt - 1, 10)))));

    private async Task EndAsync(AlarmMessage message, string state, string? reply, TimeSpan pause)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update alarm_messages set state = @state, reply = left(@reply, @LongestReply), due_at = @due
            where id = @Id and state = 'sending' and attempt = @Attempt
            """, new { state, reply = reply?.Replace('\0', ' '), LongestReply, due = time.GetUtcNow() + pause, message.Id, message.Attempt });
    }
}
