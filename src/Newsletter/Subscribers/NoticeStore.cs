using Dapper;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>Notices as rows: due → sending → sent or failed, or due again. Nobody gets more than one in 10 minutes and 5 a day.</summary>
public sealed class NoticeStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>After so many the notice has failed.</summary>
    public const int MaxAttempts = 5;

    private const int MaxReply = 500;
    private const int MaxPerDay = 5;
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>How long a claimed notice is left alone. Longer than any send takes, so that two are sent only after a crash.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    /// <summary>Within a transaction that holds the subscriber's row: so that two at once see each other.</summary>
    /// <param name="kind"><c>confirm</c> or <c>preferences</c>.</param>
    /// <returns>False when the person got one of any kind too short a time ago.</returns>
    public async Task<bool> RequestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, string kind)
    {
        var now = time.GetUtcNow();
        return await connection.ExecuteAsync(
            """
            insert into notices (subscriber_id, kind, due_at, created_at)
            select @subscriberId, @kind, @now, @now
            where not exists (select from notices where subscriber_id = @subscriberId and created_at > @recent)
              and (select count(*) from notices where subscriber_id = @subscriberId and created_at > @yesterday) < @MaxPerDay
            """,
            new { subscriberId, kind, now, recent = now - Apart, yesterday = now.AddDays(-1), MaxPerDay }, transaction) == 1;
    }

    /// <summary>Takes what is due, or was claimed by a process that never came back. What nobody wants any more is ended unsent.</summary>
    public async Task<IReadOnlyList<Notice>> ClaimAsync(int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync<Notice>(
            """
            update notices n set state = 'failed', reply = 'Not sent: it is no longer wanted, or its last attempt never ended.'
            from subscribers s
            where s.id = n.subscriber_id and n.state in ('due', 'sending') and n.due_at <= @now
              and (n.attempt >= @MaxAttempts
                   or s.status <> case n.kind when 'confirm' then 'pending' else 'confirmed' end
                   or exists (select from suppressions x where x.email_key = s.email_key));

            update notices n set state = 'sending', attempt = n.attempt + 1, due_at = @until
            from subscribers s
            where s.id = n.subscriber_id and n.id = any(array(
                select id from notices where state in ('due', 'sending') and due_at <= @now and attempt < @MaxAttempts
                order by due_at limit @limit for update skip locked))
            returning n.id as "Id", n.subscriber_id as "SubscriberId", n.kind as "Kind", n.attempt::int as "Attempt",
                      s.email as "Email"
            """, new { now = time.GetUtcNow(), until = time.GetUtcNow() + Lease, limit, MaxAttempts })).AsList();
    }

    public Task SentAsync(Notice notice) => EndAsync(notice, "sent", null, TimeSpan.Zero);

    /// <param name="reply">What the SMTP server said.</param>
    public Task FailedAsync(Notice notice, string reply) => EndAsync(notice, "failed", reply, TimeSpan.Zero);

    /// <summary>Again after 1, 5, 25, 125 minutes; failed after the last attempt.</summary>
    /// <param name="reply">What the SMTP server said, or why it could not be reached.</param>
    public Task AgainAsync(Notice notice, string reply) =>
        EndAsync(notice, notice.Attempt < MaxAttempts ? "due" : "failed", reply, TimeSpan.FromMinutes(Math.Pow(5, notice.Attempt - 1)));

    /// <summary>Due again in a minute, and the attempt does not count: the server was not even reached.</summary>
    public Task UntriedAsync(Notice notice, string reply) => EndAsync(notice, "due", reply, TimeSpan.FromMinutes(1), counts: false);

    private async Task EndAsync(Notice notice, string state, string? reply, TimeSpan pause, bool counts = true)
    {
        reply = reply?.Replace('\0', ' ');
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update notices set state = @state, reply = left(@reply, @MaxReply), due_at = @due,
                   attempt = case when @counts then attempt else attempt - 1 end
            where id = @Id and state = 'sending' and attempt = @Attempt
            """, new { state, reply, MaxReply, due = time.GetUtcNow() + pause, counts, notice.Id, notice.Attempt });
    }
}
