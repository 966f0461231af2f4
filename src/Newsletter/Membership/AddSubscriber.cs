using Newsletter.Addresses;
using Newsletter.Notices;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>An operator adds one person, who is asked to confirm unless the operator states that they already agreed.</summary>
public sealed class AddSubscriber(
    NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, LabelStore labels,
    SuppressionStore suppressions, TimeProvider time)
{
    /// <param name="actor">The operator; recorded as part of the consent.</param>
    /// <exception cref="Refusal">Invalid preferences; Conflict when the address is known, has unsubscribed or is suppressed.</exception>
    public async Task<Subscriber> AddAsync(EmailAddress address, Preferences preferences, bool confirmed, string actor)
    {
        var chosen = preferences.Checked();
        chosen.CheckPause(null, time.GetUtcNow());
        if (await suppressions.IsSuppressedAsync(address))
        {
            throw Refusal.Conflict(
                "This address is suppressed: see 'newsletter suppressions list', and lift the suppression first if the person may get mail.");
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var row = await subscribers.LockOrAddAsync(connection, transaction, address, time.GetUtcNow());
        if (!row.Added)
        {
            throw Refusal.Conflict(row.Status == SubscriberStatus.Unsubscribed
                ? "This person has unsubscribed: only they can subscribe again, on the sign-up page."
                : $"This address already exists with the status {row.Status}: use 'newsletter subscribers edit'.");
        }
        var labelIds = await labels.RecordAsync(connection, transaction, chosen.Roles);
        await subscribers.SavePreferencesAsync(connection, transaction, row.Id, chosen, [.. labelIds.Distinct()]);
        if (confirmed)
        {
            await subscribers.ConfirmAsync(connection, transaction, row.Id, $"stated by {actor}", time.GetUtcNow());
        }
        else
        {
            var request = await signUps.AddAsync(connection, transaction, row.Id, labelIds: null, topics: null);
            await notices.RequestAsync(connection, transaction, row.Id, NoticeKind.Confirm, request);
        }

        var added = await subscribers.LockAsync(connection, transaction, row.Id);
        await transaction.CommitAsync();
        return added!;
    }
}
