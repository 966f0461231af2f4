using Newsletter.Addresses;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// A sign-up from the web: the address is unverified. It changes nothing for people who already get mail, sends no mail to suppressed
/// addresses, and gives the same answer in every case: the real answer is in the mailbox. The choices apply only after confirmation. A mailbox
/// at its daily limit gets no mail, and sign-ups above the usual number wait for an operator: the answer reveals neither.
/// </summary>
public sealed class SignUp(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, NewLabelStore labels,
    SuppressionStore suppressions, SignUpBrake brake, TimeProvider time)
{
    /// <param name="roles">They must have passed <see cref="NewLabelStore.CheckAsync(IReadOnlyList{string})"/>.</param>
    /// <exception cref="Refusal">Invalid roles or topics; the message reveals nothing about the address.</exception>
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
        // Without a commit nothing of a request beyond the limits is stored: neither the request nor its labels.
        if (subscriber.Status == SubscriberStatus.Confirmed
            ? await notices.RequestAsync(connection, transaction, subscriber.Id, NoticeKind.Preferences, mailbox: address.Mailbox, isHeld: isHeld)
            : await AskAsync(connection, transaction, subscriber.Id, chosen, address, isHeld))
        {
            await transaction.CommitAsync();
        }
    }

    /// <returns>False when the person was asked a short time ago, or too often today.</returns>
    private async Task<bool> AskAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, Preferences chosen, EmailAddress address, bool isHeld)
    {
        var labelIds = await labels.RecordAsync(connection, transaction, subscriberId, chosen.Roles, isChecked: true);
        var request = await signUps.AddAsync(connection, transaction, subscriberId, [.. labelIds.Distinct()], chosen.Topics);
        return await notices.RequestAsync(connection, transaction, subscriberId, NoticeKind.Confirm, request, address.Mailbox, isHeld);
    }
}
