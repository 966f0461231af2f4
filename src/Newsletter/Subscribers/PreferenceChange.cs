using Newsletter.Targeting;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>A person, or an operator for them, changes what they chose.</summary>
public sealed class PreferenceChange(NpgsqlDataSource database, SubscriberStore subscribers, LabelStore labels)
{
    /// <param name="change">From the preferences as they are to those wanted; the row is locked meanwhile.</param>
    /// <returns>The subscriber as saved.</returns>
    /// <exception cref="Refusal">Invalid preferences; NotFound when there is no such subscriber.</exception>
    public async Task<Subscriber> ApplyAsync(long subscriberId, Func<Preferences, Preferences> change)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, subscriberId)
            ?? throw Refusal.NotFound("There is no such subscriber.");
        var chosen = change(subscriber.Preferences).CheckedOver(subscriber.Preferences);
        var labelIds = await labels.RecordAsync(connection, transaction, chosen.Roles);
        await subscribers.SavePreferencesAsync(connection, transaction, subscriberId, chosen, [.. labelIds.Distinct()]);
        var saved = await subscribers.LockAsync(connection, transaction, subscriberId);
        await transaction.CommitAsync();
        return saved!;
    }
}
