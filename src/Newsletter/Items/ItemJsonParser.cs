using System.Globalization;
using System.Text.Json;
using Newsletter.Targeting;

namespace Newsletter.Items;

/// <summary>Reads the JSON form: an object with the names that <c>items show -o json</c> prints. Unknown names are passed over.</summary>
internal static class ItemJsonParser
{
    /// <exception cref="NotAnItem">A fact of the wrong type, no title, or no known section.</exception>
    public static ItemReading Parse(JsonElement json, int line)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new NotAnItem(line, "an item is a JSON object");
        }
        var facts = new Facts(json, line);
        var credit = facts.Text("credit");
        var (curator, publication) = credit is null ? (null, null) : CreditLine.Read(credit);
        var content = new ItemContent
        {
            Title = Title(facts.Text("title"), line),
            Url = facts.Text("url") is { } url ? ItemUrl.Canonical(url) ?? throw new NotAnItem(line, "url is not an absolute http or https address") : null,
            Summary = facts.Text("summary"),
            KeyTakeaway = facts.Text("keyTakeaway"),
            KeyInsights = facts.Texts("keyInsights"),
            Principles = facts.Texts("principles"),
            Method = facts.Text("method"),
            InPractice = facts.Texts("inPractice"),
            Topics = facts.Texts("topics"),
            BestFor = facts.Texts("bestFor", "label").SelectMany(RoleLabel.Split).Distinct().ToList(),
            Related = facts.Texts("related"),
            Credit = credit,
            Curator = facts.Text("curator") ?? curator,
            Publication = facts.Text("publication") ?? publication,
            Language = facts.Text("language")?.ToLowerInvariant() ?? "en",
            PublishedAt = facts.Time("publishedAt"),
        };
        var hasSection = content is not
        {
            Summary: null, KeyTakeaway: null, Method: null,
            KeyInsights: [], Principles: [], InPractice: [], Topics: [], BestFor: [], Related: [],
        };
        return hasSection
            ? new ItemReading(content, null, [], line)
            : throw new NotAnItem(line, "there is no known section (summary, keyTakeaway, …)");
    }

    private static string Title(string? title, int line) => title?.ReplaceLineEndings(" ") switch
    {
        null => throw new NotAnItem(line, "there is no title"),
        { Length: > ItemTextParser.TitleLimit } => throw new NotAnItem(line, $"the title is longer than {ItemTextParser.TitleLimit} characters"),
        var text => text,
    };

    private sealed class Facts(JsonElement json, int line)
    {
        public string? Text(string name) => Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => Clean(value, name),
            _ => throw new NotAnItem(line, $"{name} must be a text"),
        };

        public List<string> Texts(string name, string? inside = null) => Find(name) switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } value => Clean(value, name) is { } text ? [text] : [],
            { ValueKind: JsonValueKind.Array } values => values.EnumerateArray().Select(value => Entry(value, name, inside)).OfType<string>().ToList(),
            _ => throw new NotAnItem(line, $"{name} must be a list of texts"),
        };

        public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUniversalTime()
            : throw new NotAnItem(line, $"{name} must be a time in ISO 8601, as 2026-11-23T08:00:00Z");

        private string? Entry(JsonElement value, string name, string? inside)
        {
            if (inside is not null && value.ValueKind == JsonValueKind.Object && value.TryGetProperty(inside, out var inner))
            {
                value = inner;
            }
            return value.ValueKind == JsonValueKind.String ? Clean(value, name) : throw new NotAnItem(line, $"{name} must be a list of texts");
        }

        private JsonElement? Find(string name)
        {
            foreach (var property in json.EnumerateObject())
            {
                if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value.ValueKind == JsonValueKind.Null ? null : property.Value;
                }
            }
            return null;
        }

        private string? Clean(JsonElement value, string name)
        {
            try
            {
                return ItemFile.Clean(value.GetString()!, line).Trim() is { Length: > 0 } text ? text : null;
            }
            catch (InvalidOperationException)
            {
                throw new NotAnItem(line, $"{name} has half a surrogate pair");
            }
        }
    }
}
