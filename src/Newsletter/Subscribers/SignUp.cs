using Newsletter.Addresses;
using Newsletter.Targeting;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// A sign-up from the web, where anybody can type anybody's address. It changes nothing for people who get mail, mails
/// nobody who is suppressed, and answers the same in every case: the answer is in the mailbox. What it says holds once it is confirmed.
/// </summary>
public sealed class SignUp(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, LabelStore labels,
    SuppressionStore suppressions, TimeProvider time)
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
        // Nothing stays of one beyond the limits: neither the request nor its labels.
        if (subscriber.Status == "confirmed"
            ? await notices.RequestAsync(connection, transaction, subscriber.Id, NoticeKind.Preferences)
            : await AskAsync(connection, transaction, subscriber.Id, chosen))
        {
            await transaction.CommitAsync();
        }
    }

    /// <returns>False when the person was asked too short a time ago.</returns>
    private async Task<bool> AskAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, Preferences chosen)
    {
        var labelIds = await labels.RecordAsync(connection, transaction, chosen.Roles);
        var request = await signUps.AddAsync(connection, transaction, subscriberId, [.. labelIds.Distinct()], chosen.Topics);
        return await notices.RequestAsync(connection, transaction, subscriberId, NoticeKind.Confirm, request);
    }
}
