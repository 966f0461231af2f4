using System.Text.Json.Serialization;

namespace Newsletter.Newsroom;

/// <summary>The result of planning a digest now. Property names are the JSON names.</summary>
public sealed record SimulationResult
{
    public required string Digest { get; init; }

    /// <summary>The unapproved edition that planning would replace and whose overrides apply; null for none.</summary>
    public required long? Edition { get; init; }

    /// <summary>Subscribers who want mail now.</summary>
    public required int Subscribers { get; init; }

    public required int Deliveries { get; init; }

    /// <summary>Subscribers who get nothing.</summary>
    public required int Empty { get; init; }

    public required int Cohorts { get; init; }
    public required int Compositions { get; init; }

    /// <summary>Subscribers by the number of items they get.</summary>
    public required ItemCounts Items { get; init; }

    /// <summary>As <see cref="Items"/>, ordered by readers descending. Readers with several roles count for each; suppressed addresses are left out.</summary>
    public required IReadOnlyList<RoleOutcome> ByRole { get; init; }

    /// <summary>The 20 items with most readers.</summary>
    public required IReadOnlyList<ItemReach> TopItems { get; init; }

    public required IReadOnlyList<NothingReason> Nothing { get; init; }

    /// <summary>Roles where more than half of the readers get fewer items than the digest's minimum.</summary>
    public required IReadOnlyList<LackingRole> Lacking { get; init; }

    /// <summary>Mails due in each hour of the day in UTC, 0 to 23, if sent at the edition's time, or now without one.</summary>
    public required IReadOnlyList<int> Hours { get; init; }

    /// <summary>Duration of the simulation.</summary>
    public required double Seconds { get; init; }

    /// <summary>Estimated duration of sending, at the rate of the edition sent last; null without one.</summary>
    public required double? ExpectedSeconds { get; init; }

    /// <summary>The effect of the "what if" inputs; null without them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SimulationDifference? Difference { get; init; }
}

/// <summary>Subscribers by the number of items they get.</summary>
public record ItemCounts
{
    [JsonPropertyName("0")] public int None { get; internal set; }

    [JsonPropertyName("1")] public int One { get; internal set; }

    [JsonPropertyName("2")] public int Two { get; internal set; }

    [JsonPropertyName("3+")] public int More { get; internal set; }

    internal void Add(int items)
    {
        switch (items)
        {
            case 0:
                None++;
                break;
            case 1:
                One++;
                break;
            case 2:
                Two++;
                break;
            default:
                More++;
                break;
        }
    }

    internal ItemCounts Minus(ItemCounts other) =>
        new() { None = None - other.None, One = One - other.One, Two = Two - other.Two, More = More - other.More };
}

/// <param name="Role">The role's slug; null for readers without a known role.</param>
public sealed record RoleOutcome(string? Role, string Name) : ItemCounts
{
    public int Readers => None + One + Two + More;
}

public sealed record ItemReach(long Id, string Title, int Readers);

/// <param name="Reason">The reason of a skipped delivery: see <see cref="Deliveries.SkipReason"/>.</param>
public sealed record NothingReason(string Reason, string Text, int Readers);

/// <param name="Below">Readers with fewer items than the minimum.</param>
/// <param name="Items">Number of candidates that fit the role.</param>
public sealed record LackingRole(string Role, string Name, int Readers, int Below, int Items);

/// <summary>The simulation with other inputs minus the simulation with the current ones.</summary>
public sealed record SimulationDifference
{
    public required int Deliveries { get; init; }
    public required int Empty { get; init; }
    public required ItemCounts Items { get; init; }

    /// <summary>Readers with more items than before, and with fewer; all roles together.</summary>
    public required int Gaining { get; init; }
    public required int Losing { get; init; }

    /// <summary>The same counts by role, without roles that do not change.</summary>
    public required IReadOnlyList<RoleDifference> ByRole { get; init; }
}

public sealed record RoleDifference(string? Role, string Name, int Gaining, int Losing);

/// <summary>Changed inputs for a simulation.</summary>
public sealed record WhatIf
{
    /// <summary>Ids of candidates to leave out.</summary>
    public IReadOnlyList<long> Without { get; init; } = [];

    /// <summary>Slots, from the digest's minimum to 50; null for the digest's own number.</summary>
    public int? Max { get; init; }

    /// <summary>Readers with too few items, and no other choice for that case, get items for nearby roles.</summary>
    public bool Widen { get; init; }

    public bool IsNothing => Without.Count == 0 && Max is null && !Widen;
}
