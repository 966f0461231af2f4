namespace Newsletter.Items;

/// <summary>
/// Decides whether two items tell the same story. Precision is more important than recall: a wrong match hides an article from readers
/// silently, a missed match only shows them a similar item, and an editor can merge the two. The rules, in their order:
/// <list type="number">
/// <item>The same original URL, except for what <see cref="ItemUrl.Loose"/> removes, is the same story.</item>
/// <item>Titles with different numbers, versions, months or days are parts of a series: different stories.</item>
/// <item>If one of the two has no summary of substance, the titles must have the same words, more of them than a recurring headline has
/// ("AI news of the day"), and the items must be published within days of each other.</item>
/// <item>Summaries that each contain a number which the other does not contain are different stories.</item>
/// <item>If each title names something that its own summary names too, but the other item does not name at all, the subjects
/// differ.</item>
/// <item>Otherwise, near-equal titles and summaries are the same story; an almost identical summary compensates for a reworded title.
/// Short summaries may be recurring texts: such items must be published within days of each other.</item>
/// </list>
/// </summary>
public static class NearDuplicate
{
    /// <summary>How long an item is compared with new ones, from its import: the longest time for which a digest keeps candidates.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(366);

    /// <summary>From this weight on, a title alone is sufficient (<see cref="StoryWords.Weight"/>).</summary>
    public const int TellingTitle = 6;

    /// <summary>A summary with a lower weight ("Notes.") counts as none.</summary>
    public const int SomeSummary = 5;

    /// <summary>A summary with a lower weight may be a text that is repeated in every issue.</summary>
    private const int TellingSummary = 20;

    /// <summary>Minimum number of common words, as a share of all words of both titles.</summary>
    private const double NearTitle = 0.6;

    /// <summary>The same, when the summaries are <see cref="SameSummary"/>.</summary>
    private const double RewordedTitle = 0.4;

    /// <summary>Below this share, one title is not a rewording of the other.</summary>
    private const double OtherTitle = 0.3;

    /// <summary>Minimum number of common word pairs, as a share of all word pairs of both summaries.</summary>
    private const double NearSummary = 0.5;

    private const double SameSummary = 0.8;

    /// <summary>Minimum number of common word pairs, as a share of those of the shorter summary, if the other one is longer.</summary>
    private const double ShortenedSummary = 0.85;

    /// <summary>Recurring headlines come back daily or weekly; the dates of one article differ only by time zones and hours.</summary>
    private static readonly TimeSpan PublishedTogether = TimeSpan.FromDays(3);

    /// <summary>Minimum length of the common prefix, as a share of the longer word: "colour" and "color", "model" and "models".</summary>
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

    /// <summary>Whether a title is not a rewording of another, but says something entirely different.</summary>
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
