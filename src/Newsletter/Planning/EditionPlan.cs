namespace Newsletter.Planning;

/// <summary>The result of planning an edition.</summary>
public sealed record EditionPlan
{
    public required long Edition { get; init; }
    public required string PlanHash { get; init; }

    /// <summary>Subscribers with a delivery row, due or skipped.</summary>
    public required int Subscribers { get; init; }

    public required int Cohorts { get; init; }
    public required int Compositions { get; init; }

    /// <summary>Deliveries in state due.</summary>
    public required int Deliveries { get; init; }

    /// <summary>Skipped deliveries; each row has its reason.</summary>
    public required int Empty { get; init; }

    public required double Seconds { get; init; }
}
