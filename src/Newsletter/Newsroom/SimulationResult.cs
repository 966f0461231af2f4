using System.Text.Json.Serialization;

namespace Newsletter.Newsroom;

/// <summary>What planning a digest now would give. Names are those of the JSON.</summary>
public sealed record SimulationResult
{
    public required string Digest { get; init; }

    /// <summary>The unapproved edition that would be replaced, and whose editor's hand counts; null for none.</summary>
    public required long? Edition { get; init; }

    /// <summary>People who want mail now.</summary>
    public required int Subscribers { get; init; }

    public required int Deliveries { get; init; }

    /// <summary>People who get nothing.</summary>
    public required int Empty { get; init; }

    public required int Cohorts { get; init; }
    public required int Compositions { get; init; }

    /// <summary>People by the number of items they get.</summary>
    public required ItemCounts Items { get; init; }

    /// <summary>As <see cref="Items"/>, most readers first; who has several roles counts for each. Suppressed addresses are left out.</summary>
    public required IReadOnlyList<RoleOutcome> ByRole { get; init; }

    /// <summary>The 20 items that most readers get.</summary>
    public required IReadOnlyList<ItemReach> TopItems { get; init; }

    public required IReadOnlyList<NothingReason> Nothing { get; init; }

    /// <summary>Roles of whose readers more than half get fewer items than the digest's minimum.</summary>
    public required IReadOnlyList<LackingRole> Lacking { get; init; }

    /// <summary>Mails that fall due in each hour of the day, 0 to 23 in UTC, were it sent at its time, or now without one.</summary>
    public required IReadOnlyList<int> Hours { get; init; }

    /// <summary>What the simulation took.</summary>
    public required double Seconds { get; init; }

    /// <summary>What sending takes at the rate of the edition sent last; null when none was sent.</summary>
    public required double? ExpectedSeconds { get; init; }

    /// <summary>What the "what if" changes; null without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SimulationDifference? Difference { get; init; }
}

/// <summary>People by the number of items they get.</summary>
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

/// <param name="Role">Its slug; null for readers without a known role.</param>
public sealed record RoleOutcome(string? Role, string Name) : ItemCounts
{
    public int Readers => None + One + Two + More;
}

public sealed record ItemReach(long Id, string Title, int Readers);

/// <param name="Reason">As a skipped delivery has it: <see cref="Deliveries.SkipReason"/>.</param>
public sealed record NothingReason(string Reason, string Text, int Readers);

/// <param name="Below">Readers who get fewer items than the minimum.</param>
/// <param name="Items">How many candidates fit the role.</param>
public sealed record LackingRole(string Role, string Name, int Readers, int Below, int Items);

/// <summary>What if: the simulation with other inputs, less the one with those of today.</summary>
public sealed record SimulationDifference
{
    public required int Deliveries { get; init; }
    public required int Empty { get; init; }
    public required ItemCounts Items { get; init; }

    /// <summary>Readers who get more items than before, and fewer; all roles together.</summary>
    public required int Gaining { get; init; }
    public required int Losing { get; init; }

    /// <summary>The same by role; roles without a change are left out.</summary>
    public required IReadOnlyList<RoleDifference> ByRole { get; init; }
}

public sealed record RoleDifference(string? Role, string Name, int Gaining, int Losing);

/// <summary>Other inputs for a simulation.</summary>
public sealed record WhatIf
{
    /// <summary>Ids of candidates to leave out.</summary>
    public IReadOnlyList<long> Without { get; init; } = [];

    /// <summary>Slots, from the digest's minimum to 50; null as the digest has them.</summary>
    public int? Max { get; init; }

    /// <summary>Who gets too few, and chose nothing else, gets items for nearby roles.</summary>
    public bool Widen { get; init; }

    public bool IsNothing => Without.Count == 0 && Max is null && !Widen;
}
