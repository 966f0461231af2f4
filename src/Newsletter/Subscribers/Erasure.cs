using Newsletter.Database;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// A person is deleted (GDPR article 17). Deliveries keep the number, so that the account of an edition still closes;
/// a suppression of the address stays, so that the wish not to be mailed is kept. Role labels that only they typed go with them.
/// </summary>
public sealed class Erasure(NpgsqlDataSource database, SubscriberStore subscribers, LabelCleanUp cleanUp, AuditLog audit)
{
    /// <returns>False when there is no such subscriber.</returns>
    public async Task<bool> EraseAsync(long subscriberId, string actor)
    {
        var before = await cleanUp.LastAsync();
        if (!await DeleteAsync(subscriberId, actor))
        {
            return false;
        }
        try
        {
            await cleanUp.RunAsync(before, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The person is deleted; their labels go by the worker's next run, as do those that an import keeps from going now.
        }
        return true;
    }

    private async Task<bool> DeleteAsync(long subscriberId, string actor)
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
