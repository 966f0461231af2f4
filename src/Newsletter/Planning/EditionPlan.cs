namespace Newsletter.Planning;

/// <summary>What planning an edition gave.</summary>
public sealed record EditionPlan
{
    public required long Edition { get; init; }
    public required string PlanHash { get; init; }

    /// <summary>People with a row in the account.</summary>
    public required int Subscribers { get; init; }

    public required int Cohorts { get; init; }
    public required int Compositions { get; init; }

    /// <summary>Due.</summary>
    public required int Deliveries { get; init; }

    /// <summary>Skipped, each with the reason.</summary>
    public required int Empty { get; init; }

    public required double Seconds { get; init; }
}
