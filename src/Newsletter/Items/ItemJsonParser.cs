using System.Text.Json;
using System.Text.RegularExpressions;
using Newsletter.Roles;

namespace Newsletter.Items;

/// <summary>Parses the JSON form: an object with the names that <c>items show -o json</c> prints. Unknown names are ignored.</summary>
internal static partial class ItemJsonParser
{
    /// <exception cref="NotAnItem">A value of the wrong type, no title, no known section, or a limit of an item is exceeded.</exception>
    public static ParsedItem Parse(JsonElement json, int line)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new NotAnItem(line, "an item is a JSON object");
        }
        var facts = new JsonFacts(json, line);
        var credit = facts.Text("credit");
        var (curator, publication) = credit is null ? (null, null) : CreditLine.Read(credit);
        var content = new ItemContent
        {
            Title = Title(facts, line),
            Url = Url(facts, line),
            Summary = facts.Text("summary"),
            KeyTakeaway = facts.Text("keyTakeaway"),
            KeyInsights = facts.Texts("keyInsights"),
            Principles = facts.Texts("principles"),
            Method = facts.Text("method"),
            InPractice = facts.Texts("inPractice"),
            Topics = facts.Texts("topics"),
            BestFor = BestFor(facts, line),
            Related = facts.Texts("related"),
            Credit = credit,
            Curator = facts.Text("curator") ?? curator,
            Publication = facts.Text("publication") ?? publication,
            Language = Language(facts, line),
            PublishedAt = facts.Time("publishedAt"),
        };
        var hasSection = content is not
        {
            Summary: null, KeyTakeaway: null, Method: null,
            KeyInsights: [], Principles: [], InPractice: [], Topics: [], BestFor: [], Related: [],
        };
        return hasSection
            ? new ParsedItem(content, null, [], line)
            : throw new NotAnItem(line, "there is no known section (summary, keyTakeaway, …)");
    }

    private static string Title(JsonFacts facts, int line) => facts.Text("title")?.ReplaceLineEndings(" ") switch
    {
        null => throw new NotAnItem(line, "there is no title"),
        { Length: > ItemContent.TitleLimit } => throw new NotAnItem(line, $"the title is longer than {ItemContent.TitleLimit} characters"),
        var text when ItemText.IsBlank(text) => throw new NotAnItem(line, "the title contains no visible character"),
        var text => text,
    };

    private static string? Url(JsonFacts facts, int line) => facts.Text("url") is not { } url ? null
        : ItemUrl.Clean(url)
            ?? throw new NotAnItem(line, "url must be an absolute http or https address without a user name, of at most 2,000 characters");

    private static List<string> BestFor(JsonFacts facts, int line)
    {
        try
        {
            return facts.Limited(
                "bestFor", facts.Texts("bestFor", "label").SelectMany(label => RoleLabel.Split(label)).DistinctBy(RoleLabel.Normalise));
        }
        catch (Refusal refusal)
        {
            throw new NotAnItem(line, refusal.Message);
        }
    }

    private static string Language(JsonFacts facts, int line) => facts.Text("language")?.ToLowerInvariant() switch
    {
        null => "en",
        { Length: <= 35 } tag when LanguageTag().IsMatch(tag) => tag,
        _ => throw new NotAnItem(line, "language must be a BCP 47 tag, such as en or de-AT"),
    };

    [GeneratedRegex("^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
