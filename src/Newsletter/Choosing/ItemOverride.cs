using System.Text.Json.Serialization;

namespace Newsletter.Choosing;

/// <summary>What an editor decided about one item in an edition.</summary>
public sealed record ItemOverride
{
    public required long ItemId { get; init; }

    /// <summary>For readers whose role fits this one; null for all.</summary>
    public required int? RoleId { get; init; }

    /// <summary>One of <see cref="OverrideKind"/>. The JSON name is part of plan hashes.</summary>
    [JsonPropertyName("deed")]
    public required string Kind { get; init; }

    /// <summary>From 1, for <c>order</c>; else 0.</summary>
    public required int Position { get; init; }
}

/// <summary>What an editor can do with an item in an edition, as stored.</summary>
public static class OverrideKind
{
    /// <summary>Who has not had it gets it, whether it fits or not.</summary>
    public const string Pin = "pin";

    /// <summary>Nobody gets it.</summary>
    public const string Exclude = "exclude";

    /// <summary>Whom it fits, it stands first for.</summary>
    public const string Lead = "lead";

    /// <summary>Of what a reader gets, these stand first in this order.</summary>
    public const string Order = "order";
}
