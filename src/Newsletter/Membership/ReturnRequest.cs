using Newsletter.Addresses;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// A person who unsubscribed asks to subscribe again from their preferences page. The page's link may have been forwarded, so a
/// confirmation goes to the address itself; its button restores all preferences.
/// </summary>
public sealed class ReturnRequest(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, SuppressionStore suppressions, NoticeStore notices)
{
    /// <exception cref="Refusal">NotFound: no such subscriber. Conflict: the person has not unsubscribed, has just asked, or is suppressed.</exception>
    public async Task AskAsync(long subscriberId)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, subscriberId) ?? throw Refusal.NotFound("There is no such subscriber.");
        if (subscriber.Status != SubscriberStatus.Unsubscribed)
        {
            throw Refusal.Conflict("You have not unsubscribed, so you do not need to subscribe again.");
        }
        if (await suppressions.IsSuppressedAsync(EmailAddress.Parse(subscriber.Email)))
        {
            throw Refusal.Conflict("We may not send mail to your address any more, so we cannot send you a link to subscribe again: write to us.");
        }
        var request = await signUps.AddAsync(connection, transaction, subscriberId, labelIds: null, topics: null);
        if (!await notices.RequestAsync(connection, transaction, subscriberId, NoticeKind.Confirm, request))
        {
            throw Refusal.Conflict("This mail is already on its way to you: check your mailbox, or ask again in ten minutes.");
        }
        await transaction.CommitAsync();
    }
}
