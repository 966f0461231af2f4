using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Newsletter.Items;

/// <summary>
/// The content of a curated article: the facts of its text or JSON form, without an id. A missing section is null or empty. Stored as one JSON
/// document per revision.
/// </summary>
public sealed record ItemContent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Maximum length of a title, in characters.</summary>
    public const int TitleLimit = 300;

    /// <summary>Maximum number of entries in a list.</summary>
    public const int ListLimit = 200;

    /// <summary>1 to <see cref="TitleLimit"/> characters, one line.</summary>
    public required string Title { get; init; }

    /// <summary>Absolute http(s) URL of the original, as returned by <see cref="ItemUrl.Clean"/>; null in the text form, which has none.</summary>
    public string? Url { get; init; }

    /// <summary>Paragraphs separated by a blank line.</summary>
    public string? Summary { get; init; }

    public string? KeyTakeaway { get; init; }

    /// <summary>Each list: at most <see cref="ListLimit"/> entries of one line, without duplicates.</summary>
    public IReadOnlyList<string> KeyInsights { get; init; } = [];

    public IReadOnlyList<string> Principles { get; init; } = [];

    public string? Method { get; init; }

    public IReadOnlyList<string> InPractice { get; init; } = [];

    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Role labels as written, in order, without duplicates.</summary>
    public IReadOnlyList<string> BestFor { get; init; } = [];

    public IReadOnlyList<string> Related { get; init; } = [];

    /// <summary>The credit line, verbatim.</summary>
    public string? Credit { get; init; }

    /// <summary>Who wrote the brief, from the credit line.</summary>
    public string? Curator { get; init; }

    /// <summary>Where the original was published, from the credit line.</summary>
    public string? Publication { get; init; }

    /// <summary>The role label at the start of the key takeaway ("For AI/ML Directors …"), if it names a known role.</summary>
    public string? AddressedTo { get; init; }

    /// <summary>A BCP 47 tag in lower case, at most 35 characters: <c>en</c>.</summary>
    public string Language { get; init; } = "en";

    public DateTimeOffset? PublishedAt { get; init; }

    /// <param name="json">As returned by <see cref="ToJson"/>.</param>
    public static ItemContent Parse(string json) => JsonSerializer.Deserialize<ItemContent>(json, Json)!;

    /// <summary>The form in which revisions are stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Hexadecimal SHA-256. The addressed label is excluded: it depends on the roles known today, not on the file.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this with { AddressedTo = null }, Json)));
}
