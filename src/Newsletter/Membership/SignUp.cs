using Newsletter.Addresses;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// A sign-up from the web, where anybody can type anybody's address. It changes nothing for people who get mail, mails
/// nobody who is suppressed, and answers the same in every case: the answer is in the mailbox. What it says holds once it is confirmed.
/// A mailbox at its daily limit gets no mail, and sign-ups above the usual number wait for an operator: the answer shows neither.
/// </summary>
public sealed class SignUp(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, NewLabelStore labels,
    SuppressionStore suppressions, SignUpBrake brake, TimeProvider time)
{
    /// <param name="roles">They must have passed <see cref="NewLabelStore.CheckAsync(IReadOnlyList{string})"/>.</param>
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
        var decision = await brake.DecideAsync(connection, transaction, address);
        if (decision == SignUpDecision.Drop)
        {
            return;
        }
        var isHeld = decision == SignUpDecision.Hold;
        var subscriber = await subscribers.LockOrAddAsync(connection, transaction, address, time.GetUtcNow());
        // Nothing stays of one beyond the limits: neither the request nor its labels.
        if (subscriber.Status == "confirmed"
            ? await notices.RequestAsync(connection, transaction, subscriber.Id, NoticeKind.Preferences, mailbox: address.Mailbox, isHeld: isHeld)
            : await AskAsync(connection, transaction, subscriber.Id, chosen, address, isHeld))
        {
            await transaction.CommitAsync();
        }
    }

    /// <returns>False when the person was asked too short a time ago.</returns>
    private async Task<bool> AskAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, Preferences chosen, EmailAddress address, bool isHeld)
    {
        var labelIds = await labels.RecordAsync(connection, transaction, subscriberId, chosen.Roles, isChecked: true);
        var request = await signUps.AddAsync(connection, transaction, subscriberId, [.. labelIds.Distinct()], chosen.Topics);
        return await notices.RequestAsync(connection, transaction, subscriberId, NoticeKind.Confirm, request, address.Mailbox, isHeld);
    }
}
