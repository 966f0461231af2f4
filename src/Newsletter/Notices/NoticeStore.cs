using Dapper;
using Newsletter.Addresses;
using Newsletter.Links;
using Npgsql;

namespace Newsletter.Notices;

/// <summary>
/// Notices as rows: due → sending → sent or failed, or due again; uncertain when it is unknown whether the notice arrived and it must not be
/// sent twice; held when an operator has to decide first.
/// </summary>
public sealed class NoticeStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The notice fails after this many attempts.</summary>
    public const int MaxAttempts = 5;

    /// <summary>SQL: the condition for the notice that a link was made for.</summary>
    private const string IsOfLink =
        "id = @Id and (secret = @Secret or (@IsOldForm and has_old_links)) and subscriber_id = @SubscriberId and kind = @kind";

    private const int MaxReply = 500;
    private const int MaxPerDay = 5;
    private static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(10);

    /// <summary>The lease of a claimed notice. Longer than any send takes, so that a notice is sent twice only after a crash.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long the link in an export or erase notice is valid: longer than the delivery of a mail takes, but short, because the mail remains in
    /// the mailbox and others may find it.
    /// </summary>
    public static readonly TimeSpan LinkFor = TimeSpan.FromHours(2);

    /// <summary>
    /// Adds a notice. Requesting one needs only the address, so the limits are one of each kind in 10 minutes and 5 a day. The transaction must
    /// hold a lock on the subscriber's row, so that concurrent requests see each other.
    /// </summary>
    /// <param name="kind">One of <see cref="NoticeKind"/>.</param>
    /// <param name="signUpId">The sign-up that a <c>confirm</c> notice is for.</param>
    /// <param name="mailbox">Set if the notice was requested only by typing an address, for rate limits: see <see cref="EmailAddress.Mailbox"/>.</param>
    /// <param name="isHeld">The notice waits for an operator: see the brake on sign-ups.</param>
    /// <returns>False when the person got one too short a time ago, or too many within a day.</returns>
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
                subscriberId, kind, signUpId, mailbox, state = isHeld ? NoticeState.Held : NoticeState.Due,
                now, recent = now - MinInterval, yesterday = now.AddDays(-1),
                MaxPerDay,
            }, transaction) == 1;
    }

    /// <summary>
    /// Adds a notice that follows from an action of the person: of each kind at most one a day, however often the action is repeated.
    /// </summary>
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
    /// Claims notices that are due, and those of a process that crashed (their lease expired); corrections come after all others. Send them at
    /// once: a notice that is claimed when the process crashes becomes uncertain. Notices that are not wanted any more fail without being sent.
    /// </summary>
    public async Task<IReadOnlyList<Notice>> ClaimAsync(int limit)
    {
        await using var connection = await database.OpenConnectionAsync();
        while (true)
        {
            var now = time.GetUtcNow();
            var claimed = (await connection.QueryAsync<ClaimedRow>(
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
                                              when 'uncertain' then 'The sending process ended without recording a result.' else n.reply end
                from judged where judged.id = n.id
                returning n.id as "Id", n.secret as "Secret", n.subscriber_id as "SubscriberId", judged.secret as "SubscriberSecret", n.kind as "Kind",
                          n.attempt::int as "Attempt", judged.email as "Email", n.correction_id as "CorrectionId", n.state as "State",
                          coalesce(judged.sign_up_id, 0) as "SignUpId", coalesce(judged.sign_up_secret, 0) as "SignUpSecret"
                """, new { now, until = now + Lease, linksFrom = now - LinkFor, limit, MaxAttempts, NoticeKind.AtMostOnce })).AsList();
            if (claimed.Count == 0 || claimed.Any(t => t.State == NoticeState.Sending))
            {
                return [.. claimed.Where(t => t.State == NoticeState.Sending).Select(t => t.Notice)];
            }
        }
    }

    public Task SentAsync(Notice notice) => EndAsync(notice, NoticeState.Sent, null, TimeSpan.Zero);

    /// <param name="reply">What the SMTP server said, or why the mail cannot be built.</param>
    public Task FailedAsync(Notice notice, string reply) => EndAsync(notice, NoticeState.Failed, reply, TimeSpan.Zero);

    /// <summary>It is unknown whether the notice arrived: it is retried, unless it must not be sent twice.</summary>
    public Task UncertainAsync(Notice notice, string reply) => NoticeKind.AtMostOnce.Contains(notice.Kind)
        ? EndAsync(notice, NoticeState.Uncertain, reply, TimeSpan.Zero)
        : AgainAsync(notice, reply);

    /// <summary>Retries with exponential backoff, after 1, 5, 25 and 125 minutes; fails after the last attempt.</summary>
    /// <param name="reply">What the SMTP server said, or why it could not be reached.</param>
    public Task AgainAsync(Notice notice, string reply) =>
        EndAsync(
            notice, notice.Attempt < MaxAttempts ? NoticeState.Due : NoticeState.Failed, reply, TimeSpan.FromMinutes(Math.Pow(5, notice.Attempt - 1)));

    /// <summary>Due again in a minute. The attempt does not count, because the server was not reached.</summary>
    public Task UntriedAsync(Notice notice, string reply) => EndAsync(notice, NoticeState.Due, reply, TimeSpan.FromMinutes(1), counts: false);

    /// <summary>Whether the link in an export or erase notice is valid: not expired, and not used yet.</summary>
    public async Task<bool> IsLinkGoodAsync(SignedLink link, string kind)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            $"select exists (select from notices where {IsOfLink} and used_at is null and created_at > @from)", LinkParameters(link, kind));
    }

    /// <returns>False when the link is not valid, or a concurrent request has just used it.</returns>
    public async Task<bool> UseLinkAsync(SignedLink link, string kind)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            $"update notices set used_at = @now where {IsOfLink} and used_at is null and created_at > @from", LinkParameters(link, kind)) == 1;
    }

    private object LinkParameters(SignedLink link, string kind) =>
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

    private sealed record ClaimedRow
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
            Row = new RowKey(Id, Secret), Subscriber = new RowKey(SubscriberId, SubscriberSecret), Kind = Kind, Attempt = Attempt,
            Email = Email, CorrectionId = CorrectionId, SignUp = new RowKey(SignUpId, SignUpSecret),
        };
    }
}
