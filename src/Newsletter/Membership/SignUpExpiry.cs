using Microsoft.Extensions.Logging;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// Deletes sign-ups that were not confirmed in time, the people who have no other reason to be stored, and then the role labels that are not
/// used any more. Locked rows are skipped; the next run handles them.
/// </summary>
public sealed class SignUpExpiry(
    NpgsqlDataSource database, SignUpStore signUps, SubscriberStore subscribers, NewLabelStore typed, LabelCleanUp cleanUp, ILogger<SignUpExpiry> log)
{
    private const int Batch = 1000;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && await DeleteSomeAsync())
        {
        }
        await typed.DeleteOldAsync();
        await cleanUp.RunAsync(stop);
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> DeleteSomeAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // A running import may be about to confirm people who are stored only because of a sign-up.
        if (!await SubscriberStore.TryLockImportsAsync(connection, transaction))
        {
            return false;
        }
        var requests = await signUps.DeleteExpiredAsync(connection, transaction, Batch);
        var people = await subscribers.DeleteProvisionalAsync(connection, transaction, Batch);
        await LabelCleanUpStore.AddAsync(connection, transaction, [.. requests.LabelIds.Union(people.LabelIds)]);
        await transaction.CommitAsync();
        if (requests.Count + people.Count > 0)
        {
            log.LogInformation("Sign-ups expired: {Requests}, and with them {People} who never confirmed", requests.Count, people.Count);
        }
        return requests.Count == Batch || people.Count == Batch;
    }
}
