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
        if (!await DeleteAsync(subscriberId, actor))
        {
            return false;
        }
        // What an import that runs keeps from going now goes by the worker's next run.
        await cleanUp.RunAsync(CancellationToken.None);
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
