using Newsletter.Addresses;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// One who left wants to come back, by the link of a mail that they may have forwarded: a mail to the address itself asks, and its
/// button brings back all that was chosen. Nobody subscribes another person so.
/// </summary>
public sealed class ReturnRequest(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, SuppressionStore suppressions, NoticeStore notices)
{
    /// <exception cref="Refusal">NotFound: no such subscriber. Conflict: not one who left, asked a moment ago, or suppressed.</exception>
    public async Task AskAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, subscriberId) ?? throw Refusal.NotFound("There is no such subscriber.");
        if (subscriber.Status != "unsubscribed")
        {
            throw Refusal.Conflict("You have not left, so there is nothing to bring back.");
        }
        if (await suppressions.IsSuppressedAsync(EmailAddress.Parse(subscriber.Email)))
        {
            throw Refusal.Conflict("We may not send mail to your address any more, so nothing can bring you back by mail: write to us.");
        }
        var request = await signUps.AddAsync(connection, transaction, subscriberId, labelIds: null, topics: null);
        if (!await notices.RequestAsync(connection, transaction, subscriberId, NoticeKind.Confirm, request))
        {
            throw Refusal.Conflict("Such a mail is on its way to you already: look into your mailbox, or ask again in ten minutes.");
        }
        await transaction.CommitAsync();
    }
}
