using Newsletter.Choosing;

namespace Newsletter.Newsroom;

/// <summary>How well an edition covers its readers' roles. Property names are the JSON names.</summary>
public sealed record CoverageReport
{
    public required long Edition { get; init; }
    public required string Digest { get; init; }

    /// <summary>Slots: a mail with this many items is full.</summary>
    public required int MaxItems { get; init; }

    /// <summary>Roles with readers or items, most readers first.</summary>
    public required IReadOnlyList<RoleCoverage> Roles { get; init; }

    /// <summary>Ordered by ascending id.</summary>
    public required IReadOnlyList<CoveredItem> Items { get; init; }
}

public sealed record RoleCoverage
{
    public required string Role { get; init; }
    public required string Name { get; init; }

    /// <summary>Confirmed subscribers with this role, whether or not the edition includes them.</summary>
    public required long Readers { get; init; }

    /// <summary>Ids of the candidates that fit the role.</summary>
    public required IReadOnlyList<long> Items { get; init; }

    /// <summary>Mails with at least one item chosen for the role.</summary>
    public required long Mails { get; init; }

    /// <summary>Mails with all slots filled, to readers with the role.</summary>
    public required long Full { get; init; }

    /// <summary>Whole days since a mail with an item for the role was sent; null for never.</summary>
    public required int? DaysSince { get; init; }

    /// <summary>Null if every mail to these readers is full, or if no reader has the role.</summary>
    public required CoverageSuggestion? Suggestion { get; init; }
}

/// <summary>This many more items for a role would fill the mails of this many readers: the number with the highest gain per item.</summary>
public sealed record CoverageSuggestion(int Items, long Readers)
{
    /// <summary>A sentence without its full stop.</summary>
    public string For(string role) => 
        $"{Amount.Of(Items, "more item")} for {role} {(Items == 1 ? "gives" : "give")} {Amount.Of(Readers, "reader")} a full edition";
}

/// <param name="Moves">The overrides of the item, each with the role it is limited to.</param>
public sealed record CoveredItem(long Id, string Title, IReadOnlyList<CoveredOverride> Moves);

/// <param name="Deed">One of <see cref="OverrideKind"/>.</param>
/// <param name="Role">The role's name; null for all readers.</param>
/// <param name="Position">From 1, for <c>order</c>; 0 for other kinds.</param>
public sealed record CoveredOverride(string Deed, string? Role, int Position = 0)
{
    /// <summary>"pin for CTO", "order, position 2".</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Deed}{(Role is null ? "" : $" for {Role}")}{(Position == 0 ? "" : $", position {Position}")}");
}
