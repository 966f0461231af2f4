namespace Newsletter.Sending;

/// <summary>The state of the send loop in one round, and the decisions that follow from it. Pure.</summary>
/// <param name="Ready">Deliveries that are claimed and prepared, but not marked yet.</param>
/// <param name="UnderWay">Marked attempts without a result. A relay may return them, and another connection must then take them.</param>
/// <param name="HasReturned">A result of this round returns its delivery. The row is due again only after the batch.</param>
/// <param name="MayGoOn">More attempts may start.</param>
/// <param name="IsWanted">Another run waits for a connection.</param>
internal readonly record struct SendRound(ClaimPhase Phase, int Ready, int UnderWay, bool HasReturned, bool MayGoOn, bool IsWanted)
{
    /// <summary>
    /// Number of deliveries to keep ready; below it, more are claimed. Preparing a claim takes a tenth of a second, while thousands are
    /// sent per second.
    /// </summary>
    public const int ReadyAhead = 250;

    /// <summary>Claim ahead, so that no connection waits for a claim.</summary>
    public bool MustClaim => Phase == ClaimPhase.Idle && Ready < ReadyAhead && MayGoOn;

    /// <summary>
    /// No connection gets another delivery. Idle connections wait for deliveries that may be returned, unless another run
    /// wants them.
    /// </summary>
    public bool IsOver => Phase == ClaimPhase.Failed || !MayGoOn || (HasNoWork && (UnderWay == 0 || IsWanted));

    /// <summary>A message will wake the loop: the result of a claim or of an attempt.</summary>
    public bool AwaitsMessage => Ready == 0 && (UnderWay > 0 || Phase is ClaimPhase.Claiming or ClaimPhase.ClaimingStale);

    private bool HasNoWork => Phase == ClaimPhase.NoWorkLeft && Ready == 0 && !HasReturned;
}
