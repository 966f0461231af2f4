using Newsletter.Choosing;

namespace Newsletter.Newsroom;

/// <summary>How well an edition covers its readers' roles. Names are those of the JSON.</summary>
public sealed record CoverageReport
{
    public required long Edition { get; init; }
    public required string Digest { get; init; }

    /// <summary>Slots: a mail with so many items is full.</summary>
    public required int MaxItems { get; init; }

    /// <summary>Roles with readers or items, most readers first.</summary>
    public required IReadOnlyList<RoleCoverage> Roles { get; init; }

    /// <summary>By ascending id.</summary>
    public required IReadOnlyList<CoveredItem> Items { get; init; }
}

public sealed record RoleCoverage
{
    public required string Role { get; init; }
    public required string Name { get; init; }

    /// <summary>Confirmed subscribers with this role, in this edition or not.</summary>
    public required long Readers { get; init; }

    /// <summary>Ids of the candidates that fit it.</summary>
    public required IReadOnlyList<long> Items { get; init; }

    /// <summary>Mails with at least one item chosen for it.</summary>
    public required long Mails { get; init; }

    /// <summary>Mails to its readers in which all slots are filled.</summary>
    public required long Full { get; init; }

    /// <summary>Whole days since a mail with an item for it was sent; null for never.</summary>
    public required int? DaysSince { get; init; }

    /// <summary>Null when every mail to its readers is full, or nobody has it.</summary>
    public required CoverageSuggestion? Suggestion { get; init; }
}

/// <summary>So many more items for a role would fill the mails of so many of its readers: the number that gains most an item.</summary>
public sealed record CoverageSuggestion(int Items, long Readers)
{
    /// <summary>As a sentence without its full stop.</summary>
    public string For(string role) => 
        $"{Amount.Of(Items, "more item")} for {role} {(Items == 1 ? "gives" : "give")} {Amount.Of(Readers, "reader")} a full edition";
}

/// <param name="Moves">What the editor's hand did with it: deeds, each with the role it is limited to.</param>
public sealed record CoveredItem(long Id, string Title, IReadOnlyList<CoveredMove> Moves);

/// <param name="Deed">One of <see cref="OverrideKind"/>.</param>
/// <param name="Role">Its name; null for all readers.</param>
/// <param name="Position">From 1, for <c>order</c>; else 0.</param>
public sealed record CoveredMove(string Deed, string? Role, int Position = 0)
{
    /// <summary>"pin for CTO", "order, place 2".</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Deed}{(Role is null ? "" : $" for {Role}")}{(Position == 0 ? "" : $", place {Position}")}");
}
