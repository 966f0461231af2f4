using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Sign-ups send mail to whatever address somebody types, so they must not be many times more than usual: from then on new ones are
/// held. They pass again by themselves once an hour was usual; what was held waits for an operator, who releases or discards it, and
/// does not expire meanwhile.
/// </summary>
public sealed class SignUpBrake(
    NpgsqlDataSource database, SignUpBrakeStore store, IOptions<SubscribersOptions> options, AuditLog audit, TimeProvider time, ILogger<SignUpBrake> log)
{
    /// <summary>However many addresses lead to it.</summary>
    public const int MostOfMailboxADay = 5;

    /// <summary>Of what is usual.</summary>
    private const int Times = 5;

    /// <summary>Of the limit: so many may be held, or a flood would fill the tables.</summary>
    private const int HeldTimes = 50;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>A domain of which nobody stayed so far may have half of what all may have.</summary>
    private int MostOfNewDomain => options.Value.SignUpsPerHour / 2;

    /// <summary>Decides about one sign-up, within its transaction and before anything else; switches the brake on when the limit is reached.</summary>
    public async Task<SignUpDecision> DecideAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address)
    {
        var mailbox = address.Mailbox;
        var domain = mailbox[(mailbox.IndexOf('@') + 1)..];
        var brake = await store.LockAsync(connection, transaction, domain);
        var from = FromOf(brake);
        var counts = await store.CountAsync(connection, transaction, mailbox, domain, from, (MostOfMailboxADay, MostOfNewDomain, LimitOf(brake), MostHeldOf(brake)));
        if (counts.OfMailbox >= MostOfMailboxADay || counts.Held >= MostHeldOf(brake))
        {
            return SignUpDecision.Drop;
        }
        if (brake.Since is not null)
        {
            return SignUpDecision.Hold;
        }
        if (counts.InAll >= LimitOf(brake))
        {
            if (await store.EngageAsync(connection, transaction))
            {
                SignUpLog.SignUpsHeld(log, LimitOf(brake));
            }
            return SignUpDecision.Hold;
        }
        var isDomainOver = counts.OfDomain >= MostOfNewDomain
            && await store.IsDomainUnusualAsync(connection, transaction, domain, from, LimitOf(brake), options.Value.PendingDays);
        return isDomainOver ? SignUpDecision.Hold : SignUpDecision.Send;
    }

    public async Task<SignUpBrakeStatus> StatusAsync()
    {
        var (brake, held, lastHour) = await store.ReadAsync();
        return new() { Since = brake.Since, Held = held, LastHour = lastHour, Limit = LimitOf(brake), Usual = brake.Usual };
    }

    /// <summary>To be called now and then: what is usual changes, and the brake ends by itself.</summary>
    public async Task WatchAsync()
    {
        await store.CountUsualAsync(options.Value.PendingDays);
        var (brake, _, _) = await store.ReadAsync();
        if (await store.DisengageIfQuietAsync(LimitOf(brake) / 2))
        {
            SignUpLog.SignUpsPass(log);
        }
    }

    /// <summary>All that is held is sent, and as many more may come as if none had come before.</summary>
    /// <returns>How many mails were held.</returns>
    public Task<int> ReleaseAsync(string actor) => ResolveHeldAsync(
        actor, "released", (connection, transaction) => store.ReleaseAsync(connection, transaction, time.GetUtcNow().AddDays(options.Value.PendingDays)));

    /// <summary>Nothing of what is held is sent. New ones are held as long as they are too many.</summary>
    /// <returns>How many mails were held.</returns>
    public Task<int> DiscardAsync(string actor) => ResolveHeldAsync(actor, "discarded", store.DiscardAsync);

    private async Task<int> ResolveHeldAsync(string actor, string what, Func<NpgsqlConnection, NpgsqlTransaction, Task<int>> decide)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var count = await decide(connection, transaction);
        await audit.RecordAsync(connection, transaction, actor, $"sign-ups {what}", FormattableString.Invariant($"{count} held"));
        await transaction.CommitAsync();
        SignUpLog.SignUpsDecided(log, count, what);
        return count;
    }

    private long LimitOf(BrakeRow brake) => Math.Max(options.Value.SignUpsPerHour, (long)Times * brake.Usual);

    private long MostHeldOf(BrakeRow brake) => HeldTimes * LimitOf(brake);

    private DateTimeOffset FromOf(BrakeRow brake)
    {
        var from = time.GetUtcNow() - Hour;
        return brake.ReleasedAt > from ? brake.ReleasedAt : from;
    }
}
