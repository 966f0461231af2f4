using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// A rate limit for sign-ups, because each one sends mail to an unverified address. When many times more sign-ups arrive
/// than usual, new ones are held. New ones pass again after an hour with few sign-ups. Held ones wait for an operator, who releases or
/// discards them; they do not expire meanwhile.
/// </summary>
public sealed class SignUpBrake(
    NpgsqlDataSource database, SignUpBrakeStore store, IOptions<SubscribersOptions> options, AuditStore audit, TimeProvider time,
    ILogger<SignUpBrake> log)
{
    /// <summary>Counted per mailbox: many spellings of an address may reach the same mailbox.</summary>
    public const int MostOfMailboxADay = 5;

    /// <summary>The limit is this many times the usual number.</summary>
    private const int Times = 5;

    /// <summary>At most this many times the limit are held: otherwise a flood would fill the tables.</summary>
    private const int HeldTimes = 50;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>
    /// A domain without earlier subscribers may use half of the configured limit: a flood from it must not cause all others to be held.
    /// </summary>
    private int MostOfNewDomain => options.Value.SignUpsPerHour / 2;

    /// <summary>Call this first in the transaction of a sign-up. It switches the brake on when the limit is reached.</summary>
    public async Task<SignUpDecision> DecideAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, EmailAddress address)
    {
        var mailbox = address.Mailbox;
        var domain = mailbox[(mailbox.IndexOf('@') + 1)..];
        var brake = await store.LockAsync(connection, transaction, domain);
        var from = FromOf(brake);
        var counts = await store.CountAsync(
            connection, transaction, mailbox, domain, from, (MostOfMailboxADay, MostOfNewDomain, LimitOf(brake), MostHeldOf(brake)));
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

    /// <summary>Call this regularly: it updates the usual number, and switches the brake off after a quiet hour.</summary>
    public async Task WatchAsync()
    {
        await store.CountUsualAsync(options.Value.PendingDays);
        var (brake, _, _) = await store.ReadAsync();
        if (await store.DisengageIfQuietAsync(LimitOf(brake) / 2))
        {
            SignUpLog.SignUpsPass(log);
        }
    }

    /// <summary>Sends the held mails. The count for the limit starts again from zero.</summary>
    /// <returns>The number of mails that will be sent.</returns>
    public Task<int> ReleaseAsync(string actor) => ResolveHeldAsync(
        actor, "released",
        (connection, transaction) => store.ReleaseAsync(connection, transaction, time.GetUtcNow().AddDays(options.Value.PendingDays)));

    /// <summary>Discards the held mails. New sign-ups are held as long as too many arrive.</summary>
    /// <returns>The number of mails that were discarded.</returns>
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
