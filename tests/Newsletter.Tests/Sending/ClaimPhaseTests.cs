using Newsletter.Sending;

namespace Newsletter.Tests.Sending;

/// <summary>The decision table of claims: each phase with each event.</summary>
public sealed class ClaimPhaseTests
{
    /// <summary>Rows: phases. Columns: events, as in the enum. A dash: cannot happen.</summary>
    private const string Table =
        """
                      Started   FoundWork  FoundNothing  Failed  DeliveryReturned
        Idle          Claiming  -          -             -       Idle
        Claiming      -         Idle       NoWorkLeft    Failed  ClaimingStale
        ClaimingStale -         Idle       Idle          Failed  ClaimingStale
        NoWorkLeft    -         -          -             -       Idle
        Failed        -         -          -             -       Failed
        """;

    [Fact]
    public void Each_event_leads_from_each_phase_to_the_phase_of_the_table()
    {
        var rows = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(Enum.GetNames<ClaimEvent>(), rows[0]);
        Assert.Equal(Enum.GetNames<ClaimPhase>(), rows.Skip(1).Select(row => row[0]));

        foreach (var row in rows.Skip(1))
        {
            var phase = Enum.Parse<ClaimPhase>(row[0]);
            Assert.Equal(row.Skip(1), Enum.GetValues<ClaimEvent>().Select(happened => Next(phase, happened)));
        }
    }

    private static string Next(ClaimPhase phase, ClaimEvent happened)
    {
        try
        {
            return phase.After(happened).ToString();
        }
        catch (InvalidOperationException)
        {
            return "-";
        }
    }
}
