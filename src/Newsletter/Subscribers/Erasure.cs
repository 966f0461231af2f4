using Newsletter.Database;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Deletes a person (GDPR article 17). Deliveries keep the subscriber id, so that the account of an edition still adds up. A suppression of the
/// address stays, so that the person is not mailed again. Role labels that only this person used are deleted too.
/// </summary>
public sealed class Erasure(NpgsqlDataSource database, SubscriberStore subscribers, LabelCleanUp cleanUp, AuditStore audit)
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
            // The person is deleted already. The worker's next run deletes the labels; it also deletes those that cannot be deleted now
            // because an import runs.
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
