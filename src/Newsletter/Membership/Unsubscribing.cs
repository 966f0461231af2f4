using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// A person leaves: everything, at once. Editions already planned look at the status as they send, and sign-ups not yet confirmed
/// end. One mail says goodbye and holds a way back; who never confirmed gets none.
/// </summary>
public sealed class Unsubscribing(NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, TimeProvider time)
{
    /// <returns>False when the person had left before, or was erased: no error, they get no mail either way.</returns>
    public async Task<bool> LeaveAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await subscribers.LockAsync(connection, transaction, subscriberId) is not { } before)
        {
            return false;
        }

        var isLeaving = before.Status != "unsubscribed";
        if (isLeaving)
        {
            await subscribers.UnsubscribeAsync(connection, transaction, subscriberId, time.GetUtcNow());
        }
        if (before.Status == "confirmed")
        {
            await notices.AddAsync(connection, transaction, subscriberId, NoticeKind.Goodbye);
        }
        // Also of one who left before: somebody may have typed the address since.
        await signUps.EndAsync(connection, transaction, subscriberId);
        await transaction.CommitAsync();
        return isLeaving;
    }
}
