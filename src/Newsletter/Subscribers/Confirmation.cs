using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>A person presses the button behind the link that only the owner of the mailbox has.</summary>
public sealed class Confirmation(NpgsqlDataSource database, SubscriberStore subscribers, NoticeStore notices, TimeProvider time)
{
    /// <summary>Who is confirmed now and was not before is welcomed by mail.</summary>
    /// <returns>The subscriber, confirmed now or before; null when they left since, or are not there.</returns>
    public async Task<Subscriber?> ConfirmAsync(long subscriberId)
    {
        await using (var connection = await database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            if (await subscribers.ConfirmAsync(connection, transaction, subscriberId, "confirmed by mail", time.GetUtcNow()))
            {
                await notices.AddAsync(connection, transaction, subscriberId, NoticeKind.Welcome);
            }
            await transaction.CommitAsync();
        }
        return await ConfirmedAsync(subscriberId);
    }

    /// <summary>By the link in the mail that said goodbye: with all that the person had chosen.</summary>
    /// <returns>As of <see cref="ConfirmAsync"/>.</returns>
    public async Task<Subscriber?> ReturnAsync(long subscriberId)
    {
        await using (var connection = await database.OpenConnectionAsync())
        {
            await subscribers.ReturnAsync(connection, null, subscriberId, "came back by mail", time.GetUtcNow());
        }
        return await ConfirmedAsync(subscriberId);
    }

    private async Task<Subscriber?> ConfirmedAsync(long subscriberId) =>
        await subscribers.FindAsync(subscriberId) is { Status: "confirmed" } subscriber ? subscriber : null;
}
