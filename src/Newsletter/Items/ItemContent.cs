using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Newsletter.Items;

/// <summary>
/// What a curated article says: the facts of its text or JSON form, before it is known by an id.
/// A section that was not there is null or empty. Stored as one JSON document per revision.
/// </summary>
public sealed record ItemContent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Of a title, in characters.</summary>
    public const int TitleLimit = 300;

    /// <summary>Of a list, in entries.</summary>
    public const int ListLimit = 200;

    /// <summary>1 to <see cref="TitleLimit"/> characters, one line.</summary>
    public required string Title { get; init; }

    /// <summary>Absolute http(s) address of the original; null in the text form, which has none. As <see cref="ItemUrl.Clean"/> gives it.</summary>
    public string? Url { get; init; }

    /// <summary>Paragraphs divided by a blank line.</summary>
    public string? Summary { get; init; }

    public string? KeyTakeaway { get; init; }

    /// <summary>Each list: up to <see cref="ListLimit"/> entries of one line, each once.</summary>
    public IReadOnlyList<string> KeyInsights { get; init; } = [];

    public IReadOnlyList<string> Principles { get; init; } = [];

    public string? Method { get; init; }

    public IReadOnlyList<string> InPractice { get; init; } = [];

    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Role labels as found, in order, each once.</summary>
    public IReadOnlyList<string> BestFor { get; init; } = [];

    public IReadOnlyList<string> Related { get; init; } = [];

    /// <summary>The credit line, word for word.</summary>
    public string? Credit { get; init; }

    /// <summary>Who wrote the brief, from the credit line.</summary>
    public string? Curator { get; init; }

    /// <summary>Where the original stood, from the credit line.</summary>
    public string? Publication { get; init; }

    /// <summary>The role label at the start of the key takeaway ("For AI/ML Directors …"), where it names a known role.</summary>
    public string? AddressedTo { get; init; }

    /// <summary>In the form of BCP 47, lower case, at most 35 characters: <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    public DateTimeOffset? PublishedAt { get; init; }

    /// <param name="json">As <see cref="ToJson"/> gives it.</param>
    public static ItemContent Parse(string json) => JsonSerializer.Deserialize<ItemContent>(json, Json)!;

    /// <summary>As revisions keep it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Hexadecimal SHA-256. Whom it addresses depends on the roles known today, not on the file, and is left out.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { AddressedTo = null }, Json)));
}
