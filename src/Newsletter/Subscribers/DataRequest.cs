using Newsletter.Addresses;
using Newsletter.Notices;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Somebody with a reader's link requests the reader's data, or its deletion. Readers forward digests with their links, so the request only
/// sends another mail to the address itself, and the link in that mail is needed.
/// </summary>
public sealed class DataRequest(NpgsqlDataSource database, SubscriberStore subscribers, SuppressionStore suppressions, NoticeStore notices)
{
    /// <param name="kind"><see cref="NoticeKind.Export"/> or <see cref="NoticeKind.Erase"/>.</param>
    /// <exception cref="Refusal">NotFound: no such subscriber. Conflict: requested a moment ago, or the address is suppressed.</exception>
    public async Task AskAsync(long subscriberId, string kind)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, subscriberId) ?? throw Refusal.NotFound("There is no such subscriber.");
        if (await suppressions.IsSuppressedAsync(EmailAddress.Parse(subscriber.Email)))
        {
            throw Refusal.Conflict("We may not send mail to your address any more, so we cannot send you the link: write to us, and we will do it manually.");
        }
        if (!await notices.RequestAsync(connection, transaction, subscriberId, kind))
        {
            throw Refusal.Conflict("This mail is already on its way to you: check your mailbox, or ask again in ten minutes.");
        }
        await transaction.CommitAsync();
    }
}
