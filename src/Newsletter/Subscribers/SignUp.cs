using Newsletter.Addresses;
using Newsletter.Targeting;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// A sign-up from the web, where anybody can type anybody's address. It changes nothing for people who get mail, mails
/// nobody who is suppressed, and answers the same in every case: the answer is in the mailbox.
/// </summary>
public sealed class SignUp(
    NpgsqlDataSource database, SubscriberStore subscribers, NoticeStore notices, LabelStore labels, SuppressionStore suppressions,
    TimeProvider time)
{
    /// <exception cref="Refusal">Invalid, for roles or topics that are; it says nothing about the address.</exception>
    public async Task RequestAsync(EmailAddress address, IReadOnlyList<string> roles, IReadOnlyList<string> topics)
    {
        var chosen = new Preferences { Roles = [.. roles], Topics = [.. topics] }.Checked();
        if (await suppressions.IsSuppressedAsync(address))
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockOrAddAsync(connection, transaction, address, time.GetUtcNow());
        if (subscriber.Status != "confirmed")
        {
            var labelIds = await labels.RecordAsync(connection, transaction, chosen.Roles);
            await subscribers.AwaitConfirmationAsync(connection, transaction, subscriber.Id, [.. labelIds.Distinct()], chosen.Topics);
        }
        await notices.RequestAsync(connection, transaction, subscriber.Id, subscriber.Status == "confirmed" ? NoticeKind.Preferences : NoticeKind.Confirm);
        await transaction.CommitAsync();
    }
}
