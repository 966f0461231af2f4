using Newsletter.Links;
using Newsletter.Notices;
using Newsletter.Subscribers;
using Npgsql;

namespace Newsletter.Membership;

/// <summary>
/// Handles the button behind a link that only the owner of the mailbox has. The link of a sign-up confirms this sign-up with its choices and no
/// other one. The link of the goodbye mail subscribes the person again, with all earlier preferences.
/// </summary>
public sealed class Confirmation(NpgsqlDataSource database, SubscriberStore subscribers, SignUpStore signUps, NoticeStore notices, TimeProvider time)
{
    /// <summary>What the button would do; changes nothing.</summary>
    public async Task<ConfirmationAnswer> LookAsync(SignedLink link)
    {
        var request = NamesRequest(link) ? await signUps.FindAsync(link) : null;
        var subscriber = request is not null ? await subscribers.FindAsync(request.SubscriberId)
            : NamesRequest(link) ? null
            : await subscribers.FindAsync(link);
        return new(StateOf(link, request, subscriber), subscriber);
    }

    /// <summary>A person who confirms a sign-up gets a welcome mail; all other sign-ups of the person end.</summary>
    public async Task<ConfirmationAnswer> ConfirmAsync(SignedLink link)
    {
        var looked = await LookAsync(link);
        if (looked is not { State: ConfirmationState.Open, Subscriber.Id: var id })
        {
            return looked;
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriber = await subscribers.LockAsync(connection, transaction, id);
        var request = NamesRequest(link) ? await signUps.LockAsync(connection, transaction, link) : null;
        // Check again under the lock: a concurrent click or unsubscribe may have been faster.
        if (StateOf(link, request, subscriber) is not ConfirmationState.Open and var state)
        {
            return new(state, subscriber);
        }

        if (request is { LabelIds: { } labelIds, Topics: { } topics })
        {
            var known = subscriber!.Preferences;
            var chosen = known with { Topics = topics, MutedTopics = [.. known.MutedTopics.Except(topics, StringComparer.OrdinalIgnoreCase)] };
            await subscribers.SavePreferencesAsync(connection, transaction, id, chosen, labelIds);
        }
        var isReturn = link.Purpose == LinkPurpose.Return;
        await subscribers.ConfirmAsync(connection, transaction, id, isReturn ? "came back by mail" : "confirmed by mail", time.GetUtcNow());
        if (!isReturn)
        {
            await notices.AddAsync(connection, transaction, id, NoticeKind.Welcome);
        }
        await signUps.EndAsync(connection, transaction, id);
        var confirmed = await subscribers.LockAsync(connection, transaction, id);
        await transaction.CommitAsync();
        return new(ConfirmationState.Confirmed, confirmed);
    }

    /// <summary>Confirm links of the old form name the subscriber, whose row has the choices. Return links do the same.</summary>
    private static bool NamesRequest(SignedLink link) => link is { Purpose: LinkPurpose.Confirm, IsOldForm: false };

    private static ConfirmationState StateOf(SignedLink link, SignUpRequest? request, Subscriber? subscriber) => subscriber switch
    {
        _ when NamesRequest(link) && request is null => ConfirmationState.Expired,
        { Status: SubscriberStatus.Confirmed } => ConfirmationState.AlreadyConfirmed,
        { Status: SubscriberStatus.Unsubscribed } when link.Purpose == LinkPurpose.Return => ConfirmationState.Open,
        not null when request is { IsOpen: true } => ConfirmationState.Open,
        not null when link is { Purpose: LinkPurpose.Confirm, IsOldForm: true } && !HasLeftSince(link, subscriber) => ConfirmationState.Open,
        _ => ConfirmationState.Left,
    };

    private static bool HasLeftSince(SignedLink link, Subscriber subscriber) =>
        subscriber.UnsubscribedAt is { } left && left.ToUnixTimeSeconds() >= link.Number;
}
