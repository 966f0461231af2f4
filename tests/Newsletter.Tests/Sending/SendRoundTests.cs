using Newsletter.Sending;

namespace Newsletter.Tests.Sending;

/// <summary>The decision table of a round: what follows from the phase and from what is ready and under way.</summary>
public sealed class SendRoundTests
{
    private const int Many = SendRound.ReadyAhead;

    /// <param name="actions">"claim": more is claimed. "over": no connection gets another delivery. "wait": a message will wake the loop.</param>
    [Theory]
    [InlineData(nameof(ClaimPhase.Idle), 0, 0, "claim")]
    [InlineData(nameof(ClaimPhase.Idle), 0, 1, "claim wait")]
    [InlineData(nameof(ClaimPhase.Idle), Many - 1, 1, "claim")]
    [InlineData(nameof(ClaimPhase.Idle), Many, 1, "")]
    [InlineData(nameof(ClaimPhase.Claiming), 0, 0, "wait")]
    [InlineData(nameof(ClaimPhase.Claiming), 0, 1, "wait")]
    [InlineData(nameof(ClaimPhase.Claiming), 1, 1, "")]
    [InlineData(nameof(ClaimPhase.ClaimingStale), 0, 0, "wait")]
    [InlineData(nameof(ClaimPhase.ClaimingStale), 1, 0, "")]
    [InlineData(nameof(ClaimPhase.NoWorkLeft), 0, 0, "over")]
    [InlineData(nameof(ClaimPhase.NoWorkLeft), 0, 1, "wait")]
    [InlineData(nameof(ClaimPhase.NoWorkLeft), 1, 0, "")]
    [InlineData(nameof(ClaimPhase.NoWorkLeft), 1, 1, "")]
    [InlineData(nameof(ClaimPhase.Failed), 0, 0, "over")]
    [InlineData(nameof(ClaimPhase.Failed), 0, 1, "over wait")]
    [InlineData(nameof(ClaimPhase.Failed), 1, 0, "over")]
    public void What_a_round_does_follows_from_phase_ready_and_under_way(string phase, int ready, int underWay, string actions) =>
        Assert.Equal(actions, ActionsOf(Round(phase, ready, underWay)));

    /// <summary>The row of a returned delivery is due again only after the exchange of this round.</summary>
    [Fact]
    public void A_returned_delivery_keeps_the_last_round_from_being_the_last() =>
        Assert.Equal("", ActionsOf(Round(nameof(ClaimPhase.NoWorkLeft), 0, 0) with { HasReturned = true }));

    [Fact]
    public void Idle_connections_that_another_run_wants_do_not_wait_for_deliveries_that_may_be_returned()
    {
        Assert.Equal("over wait", ActionsOf(Round(nameof(ClaimPhase.NoWorkLeft), 0, 1) with { IsWanted = true }));
        Assert.Equal("", ActionsOf(Round(nameof(ClaimPhase.NoWorkLeft), 1, 1) with { IsWanted = true }));
        Assert.Equal("wait", ActionsOf(Round(nameof(ClaimPhase.Claiming), 0, 1) with { IsWanted = true }));
    }

    [Theory]
    [InlineData(nameof(ClaimPhase.Idle))]
    [InlineData(nameof(ClaimPhase.Claiming))]
    [InlineData(nameof(ClaimPhase.ClaimingStale))]
    [InlineData(nameof(ClaimPhase.NoWorkLeft))]
    [InlineData(nameof(ClaimPhase.Failed))]
    public void A_run_that_may_not_go_on_is_over_and_claims_nothing_whatever_is_ready(string phase)
    {
        foreach (var ready in new[] { 0, 1, Many })
        {
            var round = Round(phase, ready, 1) with { MayGoOn = false };
            Assert.Equal((true, false), (round.IsOver, round.MustClaim));
        }
    }

    private static SendRound Round(string phase, int ready, int underWay) =>
        new(Enum.Parse<ClaimPhase>(phase), ready, underWay, HasReturned: false, MayGoOn: true, IsWanted: false);

    private static string ActionsOf(SendRound round) =>
        string.Join(' ', new[] { round.MustClaim ? "claim" : null, round.IsOver ? "over" : null, round.AwaitsMessage ? "wait" : null }.OfType<string>());
}
