namespace Newsletter.Sending;

/// <summary>What the send loop knows in one round, and what follows from it. Pure.</summary>
/// <param name="Ready">Deliveries that are claimed and prepared, and not marked yet.</param>
/// <param name="UnderWay">Attempts that are marked and have no result yet. A relay may return them, and another connection must then take them.</param>
/// <param name="HasReturned">A result of this round returns its delivery. The row is due again only after the exchange.</param>
/// <param name="MayGoOn">More attempts may start.</param>
/// <param name="IsWanted">Another run waits for a connection.</param>
internal readonly record struct SendRound(ClaimPhase Phase, int Ready, int UnderWay, bool HasReturned, bool MayGoOn, bool IsWanted)
{
    /// <summary>
    /// Deliveries to keep ready. With fewer, more are claimed: preparing a claim takes a tenth of a second when thousands are
    /// sent each second.
    /// </summary>
    public const int ReadyAhead = 250;

    /// <summary>Claim ahead, so that no connection waits for a claim.</summary>
    public bool MustClaim => Phase == ClaimPhase.Idle && Ready < ReadyAhead && MayGoOn;

    /// <summary>
    /// No connection gets another delivery. Idle connections wait for deliveries that may be returned, unless another run
    /// wants them.
    /// </summary>
    public bool IsOver => Phase == ClaimPhase.Failed || !MayGoOn || (HasNoWork && (UnderWay == 0 || IsWanted));

    /// <summary>A message will wake the loop: the answer of a claim, or the result of an attempt.</summary>
    public bool AwaitsMessage => Ready == 0 && (UnderWay > 0 || Phase is ClaimPhase.Claiming or ClaimPhase.ClaimingStale);

    private bool HasNoWork => Phase == ClaimPhase.NoWorkLeft && Ready == 0 && !HasReturned;
}
