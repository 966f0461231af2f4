using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// Unsubscribes a person from everything, immediately. Editions already planned check the status when they send, and sign-ups not yet confirmed
/// end. One goodbye mail has a link to subscribe again; people who never confirmed get none.
/// </summary>
public sealed class Unsubscribing(NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, TimeProvider time)
{
    /// <returns>False when the person had already unsubscribed or was deleted: no error, because they get no mail either way.</returns>
    public async Task<bool> LeaveAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await subscribers.LockAsync(connection, transaction, subscriberId) is not { } before)
        {
            return false;
        }

        var isLeaving = before.Status != SubscriberStatus.Unsubscribed;
        if (isLeaving)
        {
            await subscribers.UnsubscribeAsync(connection, transaction, subscriberId, time.GetUtcNow());
        }
        if (before.Status == SubscriberStatus.Confirmed)
        {
            await notices.AddAsync(connection, transaction, subscriberId, NoticeKind.Goodbye);
        }
        // Also for a subscriber who is unsubscribed already: a sign-up with the address may be pending.
        await signUps.EndAsync(connection, transaction, subscriberId);
        await transaction.CommitAsync();
        return isLeaving;
    }
}
