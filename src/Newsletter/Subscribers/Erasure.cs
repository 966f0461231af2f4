using Newsletter.Database;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// A person is deleted (GDPR article 17). Deliveries keep the number, so that the account of an edition still closes;
/// a suppression of the address stays, so that the wish not to be mailed is kept.
/// </summary>
public sealed class Erasure(NpgsqlDataSource database, SubscriberStore subscribers, AuditLog audit)
{
    /// <returns>False when there is no such subscriber.</returns>
    public async Task<bool> EraseAsync(long subscriberId, string actor)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (!await subscribers.DeleteAsync(connection, transaction, subscriberId))
        {
            return false;
        }

        await audit.RecordAsync(connection, transaction, actor, "subscriber erased", $"subscriber {subscriberId}");
        await transaction.CommitAsync();
        return true;
    }
}
