using System.Text.Json;

namespace Newsletter.Targeting;

/// <summary>The one-file form of a taxonomy: what is seeded, exported and imported.</summary>
public sealed record TaxonomyFile
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public int Version { get; init; } = 1;

    public required IReadOnlyList<Entry> Roles { get; init; }

    /// <summary>One role with the labels that name it.</summary>
    public sealed record Entry
    {
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required RoleLevel Level { get; init; }
        public required IReadOnlyList<string> Domains { get; init; }

        /// <summary>Slugs of the roles this is a narrower form of; direct steps only.</summary>
        public IReadOnlyList<string> Broader { get; init; } = [];

        /// <summary>Other spellings and abbreviations. The name itself is always one.</summary>
        public IReadOnlyList<string> Aliases { get; init; } = [];
    }

    /// <summary>The taxonomy that comes with the program.</summary>
    public static TaxonomyFile Embedded()
    {
        using var stream = typeof(TaxonomyFile).Assembly.GetManifestResourceStream("taxonomy.json")
            ?? throw new InvalidOperationException("The program was built without its taxonomy.json.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <exception cref="Refusal">Invalid, with the line, when it is not JSON of this form.</exception>
    public static TaxonomyFile Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TaxonomyFile>(json, Form)
                ?? throw Refusal.Invalid("The taxonomy file is empty: it needs a list \"roles\" with at least one role.");
        }
        catch (JsonException e)
        {
            throw Refusal.Invalid(string.IsNullOrWhiteSpace(json)
                ? "The taxonomy file is empty: it needs a list \"roles\" with at least one role."
                : $"The taxonomy file is not valid in line {(e.LineNumber ?? 0) + 1}: {e.Message}");
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Form) + "\n";
}
