using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>Changes a person's preferences, for the person or for an operator.</summary>
public sealed class PreferenceChange(
    NpgsqlDataSource database, SubscriberStore subscribers, LabelStore labels, NewLabelStore typed, TimeProvider time)
{
    /// <summary>For an operator: without the limits on new labels.</summary>
    /// <param name="change">Computes the new preferences from the current ones, while the row is locked.</param>
    /// <returns>The subscriber as saved.</returns>
    /// <exception cref="Refusal">Invalid preferences; NotFound when there is no such subscriber.</exception>
    public Task<Subscriber> ApplyAsync(long subscriberId, Func<Preferences, Preferences> change) => ApplyAsync(
        subscriberId, change, (connection, transaction, roles) => labels.RecordAsync(connection, transaction, roles));

    /// <summary>For the person: with the limits on new labels.</summary>
    /// <exception cref="Refusal">As <see cref="ApplyAsync(long, Func{Preferences, Preferences})"/>; Invalid: too many new labels.</exception>
    public Task<Subscriber> ApplyOwnAsync(long subscriberId, Func<Preferences, Preferences> change) => ApplyAsync(
        subscriberId, change, (connection, transaction, roles) => typed.RecordAsync(connection, transaction, subscriberId, roles));

    private async Task<Subscriber> ApplyAsync(
        long subscriberId, Func<Preferences, Preferences> change,
        Func<NpgsqlConnection, NpgsqlTransaction, IReadOnlyList<string>, Task<IReadOnlyList<int>>> record)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, subscriberId)
            ?? throw Refusal.NotFound("There is no such subscriber.");
        var chosen = change(subscriber.Preferences).CheckedOver(subscriber.Preferences);
        chosen.CheckPause(subscriber.Preferences.PausedUntil, time.GetUtcNow());
        var labelIds = await record(connection, transaction, chosen.Roles);
        await subscribers.SavePreferencesAsync(connection, transaction, subscriberId, chosen, [.. labelIds.Distinct()]);
        var saved = await subscribers.LockAsync(connection, transaction, subscriberId);
        await transaction.CommitAsync();
        return saved!;
    }
}
