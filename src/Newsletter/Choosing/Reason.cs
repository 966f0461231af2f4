using System.Text.Json;
using System.Text.Json.Serialization;

namespace Newsletter.Choosing;

/// <summary>Why an item was chosen, as facts. <see cref="ReasonText"/> turns them into text when it is shown.</summary>
/// <param name="Kind">
/// <c>role</c> (the same role), <c>form</c> (a broader or narrower form), <c>near</c> (a nearby role, by widening),
/// <c>topic</c>, <c>pick</c> and <c>lead</c> (overrides), <c>leading</c> (the reader has no roles).
/// </param>
public sealed record Reason(string Kind)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static readonly Reason Leading = new("leading");
    public static readonly Reason Pick = new("pick");
    public static readonly Reason Lead = new("lead");

    /// <summary>The name of the reader's role that it was chosen for.</summary>
    public string? Role { get; init; }

    /// <summary>The name of the item's role, if it is not the reader's role.</summary>
    public string? ItemRole { get; init; }

    /// <summary>The label of the item's role in its "Best for" line.</summary>
    public string? Label { get; init; }

    /// <summary>The topic that the reader follows, as written in the item.</summary>
    public string? Topic { get; init; }

    /// <summary>The whole sentence, in rows of versions that stored no facts.</summary>
    [JsonPropertyName("text")]
    public string? StoredText { get; init; }

    /// <summary>The reader's role or topic, in rows of versions that stored no facts.</summary>
    [JsonPropertyName("forWhom")]
    public string? StoredFor { get; init; }

    /// <summary>The reader's role or topic, as named in the mail; null if it was chosen for neither, or for a nearby role.</summary>
    [JsonIgnore]
    public string? ForWhom => StoredFor ?? Topic ?? (Kind == "near" ? null : Role);

    /// <summary>The stored form.</summary>
    public static byte[] ToJson(IReadOnlyList<Reason> reasons) => JsonSerializer.SerializeToUtf8Bytes(reasons, Json);

    public static IReadOnlyList<Reason> Parse(string json) => JsonSerializer.Deserialize<List<Reason>>(json, Json)!;
}
