namespace Newsletter.Choosing;

/// <summary>
/// Configuration section <c>Choosing</c>: all constants that determine the order of items. Fit determines which readers may get an item;
/// points, the sum of those for roles, topics, freshness and overrides, only determine which items come first.
/// </summary>
public sealed record ChoosingOptions
{
    /// <summary>
    /// Points for an item of the reader's own role; for other roles, this times their affinity (0 to 1). For a reader without roles,
    /// every item has these points. 1 to 1000.
    /// </summary>
    public int RolePoints { get; init; } = 100;

    /// <summary>The share of its points that each further role of the reader adds to those of the best role. 0.01 to 1.</summary>
    public double FurtherRoleShare { get; init; } = 0.1;

    /// <summary>Minimum affinity of a neighbouring role, applied if the too-few policy of the reader is <c>widen</c>. Range: 0.01 to 1.</summary>
    public double NearestAffinity { get; init; } = 0.4;

    /// <summary>Points for each topic of the item that the reader follows. 1 to 1000.</summary>
    public int TopicPoints { get; init; } = 15;

    /// <summary>Points for an item published on the day of the edition. 0 to 1000.</summary>
    public int FreshnessPoints { get; init; } = 20;

    /// <summary>Half-life of the freshness points in days. 1 to 366.</summary>
    public int FreshnessHalfLifeDays { get; init; } = 7;

    /// <summary>Points for an editor's pick; the default exceeds the sum of all other points. 1 to 100,000.</summary>
    public int PickPoints { get; init; } = 10_000;

    /// <summary>Points for the editor's lead item. 1 to 100,000.</summary>
    public int LeadPoints { get; init; } = 20_000;

    /// <summary>Maximum number of items on one topic in a mail. Does not limit the editor's picks. 1 to 50.</summary>
    public int MaxPerTopic { get; init; } = 5;

    /// <summary>Maximum number of items from one publication in a mail. Does not limit the editor's picks. 1 to 50.</summary>
    public int MaxPerPublication { get; init; } = 5;

    /// <exception cref="Refusal">Invalid: out of range.</exception>
    internal ChoosingOptions Checked()
    {
        Within(RolePoints, 1, 1000, nameof(RolePoints));
        Within(FurtherRoleShare, 0.01, 1, nameof(FurtherRoleShare));
        Within(NearestAffinity, 0.01, 1, nameof(NearestAffinity));
        Within(TopicPoints, 1, 1000, nameof(TopicPoints));
        Within(FreshnessPoints, 0, 1000, nameof(FreshnessPoints));
        Within(FreshnessHalfLifeDays, 1, 366, nameof(FreshnessHalfLifeDays));
        Within(PickPoints, 1, 100_000, nameof(PickPoints));
        Within(LeadPoints, 1, 100_000, nameof(LeadPoints));
        Within(MaxPerTopic, 1, 50, nameof(MaxPerTopic));
        Within(MaxPerPublication, 1, 50, nameof(MaxPerPublication));
        return this;
    }

    private static void Within(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw Refusal.Invalid(FormattableString.Invariant($"Choosing:{name} is {value}: it must be from {least} to {most}."));
        }
    }
}
