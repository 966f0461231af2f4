using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>A person presses the button behind the link that only the owner of the mailbox has.</summary>
public sealed class Confirmation(NpgsqlDataSource database, SubscriberStore subscribers, TimeProvider time)
{
    /// <returns>The subscriber, confirmed now or before; null when they left since, or are not there.</returns>
    public async Task<Subscriber?> ConfirmAsync(long subscriberId)
    {
        await using (var connection = await database.OpenConnectionAsync())
        {
            await subscribers.ConfirmAsync(connection, null, subscriberId, "confirmed by mail", time.GetUtcNow());
        }

        var subscriber = await subscribers.FindAsync(subscriberId);
        return subscriber?.Status == "confirmed" ? subscriber : null;
    }
}
