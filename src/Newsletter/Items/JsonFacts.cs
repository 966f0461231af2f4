using System.Globalization;
using System.Text.Json;

namespace Newsletter.Items;

/// <summary>The members of a JSON object by name, in any letter case; null and a missing member are the same.</summary>
/// <param name="line">The line where the object begins, for error messages.</param>
internal sealed class JsonFacts(JsonElement json, int line)
{
    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private readonly ILookup<string, JsonElement> facts = json.EnumerateObject()
        .ToLookup(NameOf, property => property.Value, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="NotAnItem">It is not a string, or it cannot be stored as text.</exception>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => Clean(value, name),
        _ => throw new NotAnItem(line, $"{name} must be a string"),
    };

    /// <summary>A list of texts, or one text as a list of one. Each entry is one line; duplicates are removed.</summary>
    /// <param name="inside">An entry may also be an object with the text under this name.</param>
    /// <exception cref="NotAnItem">It is neither, has too many entries, or one that cannot be stored as text.</exception>
    public List<string> Texts(string name, string? inside = null) => Limited(name, (Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } value => [Clean(value, name)],
        { ValueKind: JsonValueKind.Array } values => values.EnumerateArray().Select(value => Entry(value, name, inside)),
        _ => throw new NotAnItem(line, $"{name} must be a list of strings"),
    }).OfType<string>().Select(entry => entry.Replace('\n', ' ')).Distinct());

    /// <exception cref="NotAnItem">There are too many entries.</exception>
    public List<string> Limited(string name, IEnumerable<string> entries)
    {
        var limited = entries.Take(ItemContent.ListLimit + 1).ToList();
        return limited.Count <= ItemContent.ListLimit
            ? limited
            : throw new NotAnItem(line, $"{name} has more than {ItemContent.ListLimit} entries");
    }

    /// <summary>UTC if it has no time zone.</summary>
    /// <exception cref="NotAnItem">It is not a time in ISO 8601.</exception>
    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime()
        : throw new NotAnItem(line, $"{name} must be a time in ISO 8601, such as 2026-11-23T08:00:00Z");

    private string? Entry(JsonElement value, string name, string? inside)
    {
        if (inside is not null && value.ValueKind == JsonValueKind.Object)
        {
            return new JsonFacts(value, line).Text(inside) ?? throw new NotAnItem(line, $"an entry of {name} has no {inside}");
        }
        return value.ValueKind == JsonValueKind.String ? Clean(value, name) : throw new NotAnItem(line, $"{name} must be a list of strings");
    }

    private JsonElement? Find(string name) => facts[name].ToList() switch
    {
        [] or [{ ValueKind: JsonValueKind.Null }] => null,
        [var value] => value,
        _ => throw new NotAnItem(line, $"{name} occurs twice"),
    };

    private string? Clean(JsonElement value, string name)
    {
        var text = TextOf(value.GetString) ?? throw new NotAnItem(line, $"{name} contains half of a surrogate pair");
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new NotAnItem(line, $"{name} contains a NUL character")
            : ItemText.Clean(text).Trim() is { Length: > 0 } clean ? clean : null;
    }

    private static string NameOf(JsonProperty property) => TextOf(() => property.Name) ?? "";

    private static string? TextOf(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, written as \ud800: JSON allows it, UTF-8 does not.
            return null;
        }
    }
}
