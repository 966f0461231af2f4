using System.Text.Json.Serialization;

namespace Newsletter.Choosing;

/// <summary>An editor's decision about one item in an edition.</summary>
public sealed record ItemOverride
{
    public required long ItemId { get; init; }

    /// <summary>Applies to readers whose role fits this one; null for all.</summary>
    public required int? RoleId { get; init; }

    /// <summary>One of <see cref="OverrideKind"/>. The JSON name is part of plan hashes.</summary>
    [JsonPropertyName("deed")]
    public required string Kind { get; init; }

    /// <summary>From 1, for <c>order</c>; 0 for other kinds.</summary>
    public required int Position { get; init; }
}

/// <summary>The kinds of overrides, as stored.</summary>
public static class OverrideKind
{
    /// <summary>Picks the item first for every reader in scope, regardless of fit; not if the reader has seen it or mutes one of its topics.</summary>
    public const string Pin = "pin";

    /// <summary>No reader gets the item.</summary>
    public const string Exclude = "exclude";

    /// <summary>The item comes first in the mails of readers whom it fits.</summary>
    public const string Lead = "lead";

    /// <summary>Items with a position come first in the mail, ordered by position.</summary>
    public const string Order = "order";
}
