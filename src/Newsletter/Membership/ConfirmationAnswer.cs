using Newsletter.Subscribers;

namespace Newsletter.Membership;

/// <summary>What a link does by which a person confirms, or comes back.</summary>
public enum ConfirmationState
{
    /// <summary>Nothing: it expired, or was never made.</summary>
    Expired,

    /// <summary>Its button confirms.</summary>
    Open,

    /// <summary>It has confirmed just now.</summary>
    Confirmed,

    /// <summary>Nothing: the person gets mail already, by this link or otherwise.</summary>
    AlreadyConfirmed,

    /// <summary>Nothing: the person left since, or was erased.</summary>
    Left,
}

/// <param name="Subscriber">The person as they are now; null when there is none.</param>
public sealed record ConfirmationAnswer(ConfirmationState State, Subscriber? Subscriber);
