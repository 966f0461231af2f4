using Dapper;
using Newsletter.Addresses;
using Newsletter.Links;
using Npgsql;

namespace Newsletter.Notices;

/// <summary>
/// Notices as rows: due → sending → sent or failed, or due again; uncertain when nobody knows whether it arrived and it must
/// not come twice; held when an operator has to decide first.
/// </summary>
public sealed class NoticeStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>After so many the notice has failed.</summary>
    public const int MaxAttempts = 5;

    /// <summary>The notice that a link was made for.</summary>
    private const string IsNamed =
        "id = @Id and (secret = @Secret or (@IsOldForm and has_old_links)) and subscriber_id = @SubscriberId and kind = @kind";

    private const int MaxReply = 500;
    private const int MaxPerDay = 5;
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(10);

    /// <summary>How long a claimed notice is left alone. Longer than any send takes, so that two are sent only after a crash.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    /// <summary>How long the link in an export or erase notice is good: longer than a mail is on its way, shorter than it lies about.</summary>
    public static readonly TimeSpan LinkFor = TimeSpan.FromHours(2);

    /// <summary>
    /// A notice that a person, or whoever knows the address, asks for: of each kind one in 10 minutes and 5 a day. Within a
    /// transaction that holds the subscriber's row: so that two at once see each other.
    /// </summary>
    /// <param name="kind">One of <see cref="NoticeKind"/>.</param>
    /// <param name="signUpId">The request that a confirm asks about.</param>
    /// <param name="mailbox">Set if the notice was requested only by typing an address, for rate limits: see <see cref="EmailAddress.Mailbox"/>.</param>
    /// <param name="isHeld">The notice waits for an operator: see the brake on sign-ups.</param>
    /// <returns>False when the person got one too short a time ago.</returns>
    public async Task<bool> RequestAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, string kind, long? signUpId = null, string? mailbox = null,
        bool isHeld = false)
    {
        var now = time.GetUtcNow();
        return await connection.ExecuteAsync(
            """
            insert into notices (subscriber_id, kind, sign_up_id, mailbox, state, due_at, created_at)
            select @subscriberId, @kind, @signUpId, @mailbox, @state, @now, @now
            where not exists (select from notices where subscriber_id = @subscriberId and kind = @kind and created_at > @recent)
              and (select count(*) from notices where subscriber_id = @subscriberId and kind = @kind and created_at > @yesterday) < @MaxPerDay
            """,
            new
            {
                subscriberId, kind, signUpId, mailbox, state = isHeld ? "held" : "due", now, recent = now - Apart, yesterday = now.AddDays(-1),
                MaxPerDay,
            }, transaction) == 1;
    }

    /// <summary>A notice that follows from what a person did: of each kind one a day at most, whatever is pressed how often.</summary>
    public Task AddAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, string kind)
    {
        var now = time.GetUtcNow();
        return connection.ExecuteAsync(
            """
            insert into notices (subscriber_id, kind, due_at, created_at)
            select @subscriberId, @kind, @now, @now
            where not exists (select from notices where subscriber_id = @subscriberId and kind = @kind and created_at > @yesterday)
            """, new { subscriberId, kind, now, yesterday = now.AddDays(-1) }, transaction);
    }

    public async Task<bool> IsAnyDueAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            """
            select exists (select from notices where state in ('due', 'sending') and correction_id is null and due_at <= @now)
                or exists (select from notices where state in ('due', 'sending') and correction_id is not null and due_at <= @now)
            """, new { now = time.GetUtcNow() });
    }

    /// <summary>
    /// Takes what is due, or was claimed by a process that never came back; corrections after all others. To be sent at once:
    /// what is claimed when the process dies is uncertain. What nobody wants any more is ended unsent.
    /// </summary>
    public async Task<IReadOnlyList<Notice>> ClaimAsync(int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        while (true)
        {
            var now = time.GetUtcNow();
            var taken = (await connection.QueryAsync<Taken>(
                """
                with first as (
                    select id from notices where state in ('due', 'sending') and correction_id is null and due_at <= @now
                    order by due_at limit @limit for update skip locked
                ),
                then_corrections as (
                    select id from notices where state in ('due', 'sending') and correction_id is not null and due_at <= @now
                    order by due_at limit @limit - (select count(*) from first) for update skip locked
                ),
                judged as (
                    select n.id, s.email, s.secret, u.id as sign_up_id, u.secret as sign_up_secret,
                           case when n.state = 'sending' and n.kind = any(@AtMostOnce) then 'uncertain'
                                when n.attempt < @MaxAttempts
                                 and case n.kind when 'confirm' then s.status <> 'confirmed' and u.ended_at is null and u.expires_at > @now
                                                 when 'goodbye' then s.status = 'unsubscribed'
                                                 when 'export' then n.created_at > @linksFrom when 'erase' then n.created_at > @linksFrom
                                                 else s.status = 'confirmed' end
                                 and not exists (select from suppressions x where x.email_key = s.email_key) then 'sending'
                                else 'failed' end as state
                    from notices n join subscribers s on s.id = n.subscriber_id left join sign_ups u on u.id = n.sign_up_id
                    where n.id = any(array(select id from first union all select id from then_corrections))
                )
                update notices n set
                    state = judged.state,
                    attempt = case judged.state when 'sending' then n.attempt + 1 else n.attempt end,
                    due_at = case judged.state when 'sending' then @until else n.due_at end,
                    reply = case judged.state when 'failed' then 'Not sent: it is no longer wanted, or its last attempt never ended.'
                                              when 'uncertain' then 'The sending process ended without an answer.' else n.reply end
                from judged where judged.id = n.id
                returning n.id as "Id", n.secret as "Secret", n.subscriber_id as "SubscriberId", judged.secret as "SubscriberSecret", n.kind as "Kind",
                          n.attempt::int as "Attempt", judged.email as "Email", n.correction_id as "CorrectionId", n.state as "State",
                          coalesce(judged.sign_up_id, 0) as "SignUpId", coalesce(judged.sign_up_secret, 0) as "SignUpSecret"
                """, new { now, until = now + Lease, linksFrom = now - LinkFor, limit, MaxAttempts, NoticeKind.AtMostOnce })).AsList();
            if (taken.Count == 0 || taken.Any(t => t.State == "sending"))
            {
                return [.. taken.Where(t => t.State == "sending").Select(t => t.Notice)];
            }
        }
    }

    public Task SentAsync(Notice notice) => EndAsync(notice, "sent", null, TimeSpan.Zero);

    /// <param name="reply">What the SMTP server said, or why the mail cannot be made.</param>
    public Task FailedAsync(Notice notice, string reply) => EndAsync(notice, "failed", reply, TimeSpan.Zero);

    /// <summary>Nobody knows whether it arrived: again, unless it must not come twice.</summary>
    public Task UncertainAsync(Notice notice, string reply) => NoticeKind.AtMostOnce.Contains(notice.Kind)
        ? EndAsync(notice, "uncertain", reply, TimeSpan.Zero)
        : AgainAsync(notice, reply);

    /// <summary>Again after 1, 5, 25, 125 minutes; failed after the last attempt.</summary>
    /// <param name="reply">What the SMTP server said, or why it could not be reached.</param>
    public Task AgainAsync(Notice notice, string reply) =>
        EndAsync(notice, notice.Attempt < MaxAttempts ? "due" : "failed", reply, TimeSpan.FromMinutes(Math.Pow(5, notice.Attempt - 1)));

    /// <summary>Due again in a minute, and the attempt does not count: the server was not even reached.</summary>
    public Task UntriedAsync(Notice notice, string reply) => EndAsync(notice, "due", reply, TimeSpan.FromMinutes(1), counts: false);

    /// <summary>Whether the link in an export or erase notice is good: young, and not used yet.</summary>
    public async Task<bool> IsLinkGoodAsync(SignedLink link, string kind)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            $"select exists (select from notices where {IsNamed} and used_at is null and created_at > @from)", Naming(link, kind));
    }

    /// <returns>False when the link is not good, or was used at this moment by another request.</returns>
    public async Task<bool> UseLinkAsync(SignedLink link, string kind)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            $"update notices set used_at = @now where {IsNamed} and used_at is null and created_at > @from", Naming(link, kind)) == 1;
    }

    private object Naming(SignedLink link, string kind) =>
        new { link.Row.Id, link.Row.Secret, link.IsOldForm, SubscriberId = link.Number, kind, now = time.GetUtcNow(), from = time.GetUtcNow() - LinkFor };

    private async Task EndAsync(Notice notice, string state, string? reply, TimeSpan pause, bool counts = true)
    {
        reply = reply?.Replace('\0', ' ');
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            update notices set state = @state, reply = left(@reply, @MaxReply), due_at = @due,
                   attempt = case when @counts then attempt else attempt - 1 end
            where id = @Id and state = 'sending' and attempt = @Attempt
            """, new { state, reply, MaxReply, due = time.GetUtcNow() + pause, counts, notice.Row.Id, notice.Attempt });
    }

    private sealed record Taken
    {
        public required long Id { get; init; }
        public required long Secret { get; init; }
        public required long SubscriberId { get; init; }
        public required long SubscriberSecret { get; init; }
        public required string Kind { get; init; }
        public required int Attempt { get; init; }
        public required string Email { get; init; }
        public required long? CorrectionId { get; init; }
        public required string State { get; init; }
        public required long SignUpId { get; init; }
        public required long SignUpSecret { get; init; }

        public Notice Notice => new()
        {
            Row = new RowKey(Id, Secret), Subscriber = new RowKey(SubscriberId, SubscriberSecret), Kind = Kind, Attempt = Attempt, Email = Email, CorrectionId = CorrectionId,
            SignUp = new RowKey(SignUpId, SignUpSecret),
        };
    }
}
