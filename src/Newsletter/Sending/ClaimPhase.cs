namespace Newsletter.Sending;

/// <summary>What the send loop knows about deliveries that are still to be claimed.</summary>
internal enum ClaimPhase
{
    /// <summary>No claim is running, and there may be more to claim.</summary>
    Idle,

    /// <summary>A claim is running.</summary>
    Claiming,

    /// <summary>A claim is running, and a delivery was returned after it started: the claim may not see that one.</summary>
    ClaimingStale,

    /// <summary>The last claim found nothing, and nothing was returned since.</summary>
    NoWorkLeft,

    /// <summary>A claim failed with an error that retries do not fix. Final.</summary>
    Failed,
}

/// <summary>What changes a <see cref="ClaimPhase"/>.</summary>
internal enum ClaimEvent
{
    Started,
    FoundWork,
    FoundNothing,
    Failed,

    /// <summary>An attempt ended without being tried, and its delivery is due again.</summary>
    DeliveryReturned,
}

internal static class ClaimPhases
{
    /// <exception cref="InvalidOperationException">The event cannot happen in this phase.</exception>
    public static ClaimPhase After(this ClaimPhase phase, ClaimEvent happened) => (phase, happened) switch
    {
        (ClaimPhase.Idle, ClaimEvent.Started) => ClaimPhase.Claiming,
        (ClaimPhase.Claiming or ClaimPhase.ClaimingStale, ClaimEvent.FoundWork) => ClaimPhase.Idle,
        (ClaimPhase.Claiming, ClaimEvent.FoundNothing) => ClaimPhase.NoWorkLeft,
        (ClaimPhase.ClaimingStale, ClaimEvent.FoundNothing) => ClaimPhase.Idle,
        (ClaimPhase.Claiming or ClaimPhase.ClaimingStale, ClaimEvent.Failed) => ClaimPhase.Failed,
        (ClaimPhase.Idle or ClaimPhase.NoWorkLeft, ClaimEvent.DeliveryReturned) => ClaimPhase.Idle,
        (ClaimPhase.Claiming or ClaimPhase.ClaimingStale, ClaimEvent.DeliveryReturned) => ClaimPhase.ClaimingStale,
        (ClaimPhase.Failed, ClaimEvent.DeliveryReturned) => ClaimPhase.Failed,
        _ => throw new InvalidOperationException($"The event {happened} cannot happen in the phase {phase}."),
    };
}
