using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Newsletter.Roles;

/// <summary>A taxonomy as one JSON file: the format for seeding, export and import.</summary>
public sealed partial record TaxonomyFile
{
    /// <summary>In bytes.</summary>
    public const int MaxSize = 10 * 1024 * 1024;

    public const int MaxRoles = 2000;

    /// <summary>Aliases and taught labels together. Each takes microseconds to read, so the total is limited.</summary>
    public const int MaxLabels = 50_000;

    /// <summary>Far below the limit of an int, so that the version can still be incremented.</summary>
    public const int MaxVersion = 1_000_000_000;

    private const string Empty = "The taxonomy file is empty: it needs a list \"roles\" with at least one role.";

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // An unknown or duplicate property is an error: its value would otherwise be lost silently.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>1 to <see cref="MaxVersion"/>; increases with every change.</summary>
    public int Version { get; init; } = 1;

    /// <summary>At least one, at most <see cref="MaxRoles"/>.</summary>
    public required IReadOnlyList<Entry> Roles { get; init; }

    /// <summary>
    /// Taught labels that are not aliases: labels of several roles, and names that mean another role. Null: taught labels stay as they are.
    /// </summary>
    public IReadOnlyList<Taught>? Labels { get; init; }

    /// <summary>One role with the labels that name it.</summary>
    public sealed record Entry
    {
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required RoleLevel Level { get; init; }

        /// <summary>At least one of <see cref="Roles.Domains.Known"/>.</summary>
        public required IReadOnlyList<string> Domains { get; init; }

        /// <summary>Null: derived from the level and the first domain.</summary>
        public string? Family { get; init; }

        /// <summary>Slugs of the roles this is a narrower form of; direct steps only.</summary>
        public IReadOnlyList<string> Broader { get; init; } = [];

        /// <summary>Slugs of neighbouring roles with their weights, 0 to 1. It is enough that one role of a pair lists the other.</summary>
        public IReadOnlyDictionary<string, double> Neighbours { get; init; } = new Dictionary<string, double>();

        /// <summary>Other spellings and abbreviations. The name itself is always an alias.</summary>
        public IReadOnlyList<string> Aliases { get; init; } = [];
    }

    public sealed record Taught
    {
        public required string Label { get; init; }

        /// <summary>Slugs, at least one.</summary>
        public required IReadOnlyList<string> Roles { get; init; }
    }

    /// <summary>The taxonomy that comes with the program.</summary>
    public static TaxonomyFile Embedded()
    {
        using var stream = typeof(TaxonomyFile).Assembly.GetManifestResourceStream("taxonomy.json")
            ?? throw new InvalidOperationException("The program was built without its taxonomy.json.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads a taxonomy from a stream, up to the maximum size.</summary>
    /// <exception cref="Refusal">Invalid: larger than <see cref="MaxSize"/>, not UTF-8, or as <see cref="Parse"/>.</exception>
    public static async Task<TaxonomyFile> ReadAsync(Stream stream, CancellationToken cancel = default)
    {
        using var bytes = new MemoryStream();
        var part = new byte[64 * 1024];
        for (int read; (read = await stream.ReadAsync(part, cancel)) > 0;)
        {
            bytes.Write(part, 0, read);
            if (bytes.Length > MaxSize)
            {
                throw Refusal.Invalid($"The taxonomy file is larger than {MaxSize / 1024 / 1024} MB: check that it is a taxonomy file.");
            }
        }
        try
        {
            return Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        }
        catch (DecoderFallbackException)
        {
            throw Refusal.Invalid("The taxonomy file is not UTF-8 text: save it as UTF-8.");
        }
    }

    /// <exception cref="Refusal">Invalid, with the line number, when it is not JSON of this format.</exception>
    public static TaxonomyFile Parse(string json)
    {
        try
        {
            return string.IsNullOrWhiteSpace(json.TrimStart('\uFEFF'))
                ? throw Refusal.Invalid(Empty)
                : JsonSerializer.Deserialize<TaxonomyFile>(json.TrimStart('\uFEFF'), Form) ?? throw Refusal.Invalid(Empty);
        }
        catch (JsonException e)
        {
            throw Refusal.Invalid($"The taxonomy file is not valid in line {(e.LineNumber ?? 0) + 1}{Where(e.Path)}: {Why(e)}.");
        }
    }

    private static string Where(string? path) => path is null or "$" ? "" : $", at {RoleLabel.Shown(path)}";

    private static string Why(JsonException e) =>
        e.Path?.EndsWith(".level", StringComparison.Ordinal) == true
            ? "a level is one of " + string.Join(", ", Enum.GetValues<RoleLevel>().Select(level => level.Text()))
        : e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? "the value has the wrong type; compare it with the output of 'newsletter roles export'"
        : MissingProperty().Match(e.Message) is { Success: true } missing
            ? $"{missing.Groups[1].Value} is missing"
        : e.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? "the property is unknown; compare it with the output of 'newsletter roles export'"
        : RoleLabel.Shown(
            e.Message.Split(" Path:")[0].Split(" LineNumber:")[0].Replace($"type '{typeof(TaxonomyFile).Namespace}.", "'", StringComparison.Ordinal), 200)
            .TrimEnd('.');

    public string ToJson() => JsonSerializer.Serialize(this, Form) + "\n";

    /// <summary>Converts a taxonomy to a file; the roles keep their order.</summary>
    /// <param name="texts">How labels were written, by normal form; a label without an entry is written in its normal form.</param>
    public static TaxonomyFile Of(Taxonomy taxonomy, IReadOnlyDictionary<string, string> texts)
    {
        var names = taxonomy.Roles.GroupBy(r => RoleLabel.Normalise(r.Name)).ToDictionary(g => g.Key, g => g.First());
        var labels = taxonomy.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => (Normal: a.Key, Text: texts.GetValueOrDefault(a.Key, a.Key), Roles: a.Value, Named: names.GetValueOrDefault(a.Key)))
            .Where(l => l.Roles.Count > 1 || l.Named != l.Roles[0])
            .ToList();
        var aliases = labels.Where(l => l.Roles.Count == 1 && l.Named is null).ToLookup(l => l.Roles[0], l => l.Text);
        var slugs = taxonomy.Roles.ToDictionary(r => r.Id, r => r.Slug);
        var forms = taxonomy.Forms.ToLookup(f => f.Narrower, f => slugs[f.Broader]);
        // Each pair is written once, under the role whose slug sorts first: two weights could contradict each other.
        var neighbours = taxonomy.Neighbours
            .Select(n => (One: slugs[n.Key.One], Other: slugs[n.Key.Other], n.Value))
            .Select(n => string.CompareOrdinal(n.One, n.Other) < 0 ? n : (n.Other, n.One, n.Value))
            .ToLookup(n => n.Item1, n => (Slug: n.Item2, Weight: n.Value));
        return new()
        {
            Version = taxonomy.Version,
            Roles = [.. taxonomy.Roles.Select(r => new Entry
            {
                Slug = r.Slug, Name = r.Name, Level = r.Level, Domains = r.Domains, Family = r.Family,
                Broader = [.. forms[r.Id].Order(StringComparer.Ordinal)],
                Neighbours = new SortedDictionary<string, double>(neighbours[r.Slug].ToDictionary(n => n.Slug, n => n.Weight), StringComparer.Ordinal),
                Aliases = [.. aliases[r]],
            })],
            Labels = [.. labels.Where(l => l.Roles.Count > 1 || l.Named is not null)
                .Select(l => new Taught { Label = l.Text, Roles = [.. l.Roles.Select(r => r.Slug)] })],
        };
    }

    [GeneratedRegex("missing required properties including: (.+?)\\.?( Path:|$)")]
    private static partial Regex MissingProperty();
}
