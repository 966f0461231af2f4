using Newsletter.Subscribers;

namespace Newsletter.Membership;

/// <summary>The state of a link that confirms a sign-up or subscribes again.</summary>
public enum ConfirmationState
{
    /// <summary>No effect: the link expired, or was never issued.</summary>
    Expired,

    /// <summary>The button confirms.</summary>
    Open,

    /// <summary>The link has just confirmed.</summary>
    Confirmed,

    /// <summary>No effect: the person already gets mail, by this link or otherwise.</summary>
    AlreadyConfirmed,

    /// <summary>No effect: the person has unsubscribed since, or was deleted.</summary>
    Left,
}

/// <param name="Subscriber">The person as stored now; null when there is none.</param>
public sealed record ConfirmationAnswer(ConfirmationState State, Subscriber? Subscriber);
