namespace Newsletter.Choosing;

/// <summary>
/// Section <c>Choosing</c>: every constant by which items are put in order. Fit decides who may get an item; points only
/// say which comes first: role, and topics, and freshness, and the editor's hand, added up.
/// </summary>
public sealed record ChoosingOptions
{
    /// <summary>Points for an item of the reader's very role; other roles give this times their affinity (0 to 1). To a reader without roles every item gives it. 1 to 1000.</summary>
    public int RolePoints { get; init; } = 100;

    /// <summary>The share of its points that each further role of the reader's adds to the best one. 0.01 to 1.</summary>
    public double FurtherRoleShare { get; init; } = 0.1;

    /// <summary>Roles count as nearby, for who widens, from this affinity on. 0.01 to 1.</summary>
    public double NearestAffinity { get; init; } = 0.4;

    /// <summary>Points for each topic of the item that the reader follows. 1 to 1000.</summary>
    public int TopicPoints { get; init; } = 15;

    /// <summary>Points for an item published on the day of the edition. 0 to 1000.</summary>
    public int FreshnessPoints { get; init; } = 20;

    /// <summary>After so many days half of the points for freshness are left, after twice as many a quarter. 1 to 366.</summary>
    public int FreshnessHalfLifeDays { get; init; } = 7;

    /// <summary>Points for an editor's pick: more than anything but a lead can have. 1 to 100,000.</summary>
    public int PickPoints { get; init; } = 10_000;

    /// <summary>Points for the editor's lead item. 1 to 100,000.</summary>
    public int LeadPoints { get; init; } = 20_000;

    /// <summary>A mail has at most so many items on one topic; the editor's picks are not held back. 1 to 50.</summary>
    public int MaxPerTopic { get; init; } = 5;

    /// <summary>A mail has at most so many items from one publication; the editor's picks are not held back. 1 to 50.</summary>
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
