namespace Newsletter.Items;

/// <summary>
/// Whether two items tell one story. Precision goes before recall: two items wrongly made one cost a reader an article
/// silently, two wrongly kept apart cost a second look, and an editor can merge them. The rules, in their order:
/// <list type="number">
/// <item>The same original address, but for what <see cref="ItemUrl.Loose"/> leaves out, is the same story.</item>
/// <item>Titles with other numbers, versions, months or days are parts of a series: different stories.</item>
/// <item>When one of the two has no summary to speak of, the titles must be the same words, too many of them for a
/// standing headline ("AI news of the day"), and published within days of each other.</item>
/// <item>Summaries in which each names a number that the other does not are different stories.</item>
/// <item>When each title names something its own summary names too, and the other item nowhere, the subjects differ.</item>
/// <item>Otherwise near-equal titles and summaries are one story; a summary that is all but the same makes up for a
/// reworded title. Short summaries may be standing blurbs: those must be published within days of each other.</item>
/// </list>
/// </summary>
public static class NearDuplicate
{
    /// <summary>How long an item is compared with new ones, from its import: the longest time that a digest keeps candidates.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(366);

    /// <summary>A title alone says enough from this weight on (<see cref="StoryWords.Weight"/>).</summary>
    public const int TellingTitle = 6;

    /// <summary>A lighter summary ("Notes.") is none.</summary>
    public const int SomeSummary = 5;

    /// <summary>A lighter summary may be a blurb that stands under every issue.</summary>
    private const int TellingSummary = 20;

    /// <summary>Shared words of both titles' words.</summary>
    private const double NearTitle = 0.6;

    /// <summary>The same, when the summaries are <see cref="SameSummary"/>.</summary>
    private const double RewordedTitle = 0.4;

    /// <summary>Below, one title is not the other reworded.</summary>
    private const double OtherTitle = 0.3;

    /// <summary>Shared word pairs of both summaries' pairs.</summary>
    private const double NearSummary = 0.5;

    private const double SameSummary = 0.8;

    /// <summary>Of the shorter summary's word pairs, when the other goes on.</summary>
    private const double ShortenedSummary = 0.85;

    /// <summary>Standing headlines come back daily or weekly; one article's dates differ by zones and hours.</summary>
    private static readonly TimeSpan PublishedTogether = TimeSpan.FromDays(3);

    /// <summary>Of the longer of two words, their common beginning: "colour" and "color", "model" and "models".</summary>
    private const double AlikeWord = 0.6;

    public static bool Is(StoryText a, StoryText b)
    {
        if (a.Url is not null && a.Url == b.Url)
        {
            return true;
        }
        if (!a.Title.Numbers.SequenceEqual(b.Title.Numbers))
        {
            return false;
        }
        var weight = Math.Min(a.Summary.Weight, b.Summary.Weight);
        if (weight < SomeSummary)
        {
            return a.Title.Weight >= TellingTitle && a.Title.Words.SequenceEqual(b.Title.Words) && PublishedNear(a, b);
        }
        var title = Shared([.. a.Title.Words], [.. b.Title.Words]).OfBoth;
        if (title < RewordedTitle || NumbersDiffer(a.Summary, b.Summary) || SubjectsDiffer(a, b) || (weight < TellingSummary && !PublishedNear(a, b)))
        {
            return false;
        }
        var summary = Shared(a.Summary.Pairs(), b.Summary.Pairs());
        return title >= NearTitle
            ? summary.OfBoth >= NearSummary || (weight >= TellingSummary && summary.OfShorter >= ShortenedSummary)
            : summary.OfBoth >= SameSummary && weight >= TellingSummary;
    }

    /// <summary>Whether a title is no rewording of another, but says something else altogether.</summary>
    public static bool IsOtherTitle(string a, string b) =>
        a != b && Shared([.. new StoryWords(a).Words], [.. new StoryWords(b).Words]).OfBoth < OtherTitle;

    private static (double OfBoth, double OfShorter) Shared(HashSet<string> a, HashSet<string> b)
    {
        double shared = a.Count(b.Contains);
        return shared == 0 ? (0, 0) : (shared / (a.Count + b.Count - shared), shared / Math.Min(a.Count, b.Count));
    }

    private static bool PublishedNear(StoryText a, StoryText b) =>
        a.PublishedAt is not { } one || b.PublishedAt is not { } other || (one - other).Duration() <= PublishedTogether;

    private static bool NumbersDiffer(StoryWords a, StoryWords b) => a.Numbers.Except(b.Numbers).Any() && b.Numbers.Except(a.Numbers).Any();

    private static bool SubjectsDiffer(StoryText a, StoryText b)
    {
        var (onlyA, onlyB) = (Only(a, b), Only(b, a));
        return onlyA.Any(word => !onlyB.Any(other => Alike(word, other))) && onlyB.Any(word => !onlyA.Any(other => Alike(word, other)));
    }

    private static List<string> Only(StoryText a, StoryText b) =>
        a.Title.Words.Intersect(a.Summary.Words).Except(b.Title.Words).Except(b.Summary.Words).ToList();

    private static bool Alike(string a, string b) => a.AsSpan().CommonPrefixLength(b) >= AlikeWord * Math.Max(a.Length, b.Length);
}
