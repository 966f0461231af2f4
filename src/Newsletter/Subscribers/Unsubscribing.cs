using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// A person leaves: everything, at once. Editions already planned look at the status as they send. One mail says goodbye and
/// holds a way back; who never confirmed gets none.
/// </summary>
public sealed class Unsubscribing(NpgsqlDataSource database, SubscriberStore subscribers, NoticeStore notices, TimeProvider time)
{
    /// <returns>False when the person had left before, or was erased: no error, they get no mail either way.</returns>
    public async Task<bool> LeaveAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var before = await subscribers.UnsubscribeAsync(connection, transaction, subscriberId, time.GetUtcNow());
        if (before == "confirmed")
        {
            await notices.AddAsync(connection, transaction, subscriberId, NoticeKind.Goodbye);
        }
        await transaction.CommitAsync();
        return before is not null;
    }
}
