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

/// <summary>What an editor can do with an item in an edition. The stored values.</summary>
public static class OverrideKind
{
    /// <summary>All readers who have not had the item get it, also those whom it does not fit.</summary>
    public const string Pin = "pin";

    /// <summary>No reader gets the item.</summary>
    public const string Exclude = "exclude";

    /// <summary>The item is the first of the mail for readers whom it fits.</summary>
    public const string Lead = "lead";

    /// <summary>Of the items that a reader gets, those with a position stand first, by position.</summary>
    public const string Order = "order";
}
