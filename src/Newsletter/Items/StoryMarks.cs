namespace Newsletter.Items;

/// <summary>
/// Numbers by which the database finds the few items that may tell the same story (MinHash with banding): two items that
/// <see cref="NearDuplicate"/> takes for one share a mark, and others hardly ever do. A mark holds the title's numbers, so that
/// a series is never its own crowd of candidates, two words of the title and one word pair of the summary; which ones is chosen
/// by hash, alike for alike texts. Two bands of three in a hundred meet at the edge of the rules: 24 make missing a pair there
/// rare (below 1 % for near-equal titles, 4 % for reworded ones).
/// The marks are stored: a change here is a change of what old items are compared by.
/// </summary>
public static class StoryMarks
{
    private const int Bands = 24;

    public static long[] Of(StoryText text)
    {
        var marks = new List<ulong>();
        if (text.Url is { } url)
        {
            marks.Add(Hash("url " + url));
        }
        if (text.Title.Weight >= NearDuplicate.TellingTitle)
        {
            marks.Add(Hash("title " + string.Join(' ', text.Title.Words)));
        }
        if (text.Summary.Weight >= NearDuplicate.SomeSummary && text.Title.Words.Count > 0)
        {
            var numbers = Hash("numbers " + string.Join(' ', text.Title.Numbers));
            var title = text.Title.Words.Select(Hash).ToArray();
            var summary = text.Summary.Pairs().Select(Hash).ToArray();
            for (var band = 0UL; band < Bands; band++)
            {
                marks.Add(Mixed(Mixed(Mixed(numbers + band) + Least(title, 3 * band)) + Mixed(Least(title, 3 * band + 1) + Least(summary, 3 * band + 2))));
            }
        }
        return [.. marks.Distinct().Select(mark => unchecked((long)mark))];
    }

    /// <summary>The least of all hashes under one of many orders; two sets share it as often as they share elements.</summary>
    private static ulong Least(ulong[] hashes, ulong order)
    {
        var (least, key) = (ulong.MaxValue, Mixed(order));
        foreach (var hash in hashes)
        {
            least = Math.Min(least, Mixed(hash ^ key));
        }
        return least;
    }

    /// <summary>FNV-1a: the same in every process and version.</summary>
    private static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in text)
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3);
        }
        return hash;
    }

    /// <summary>The finaliser of SplitMix64: every bit of the input moves half of the output's.</summary>
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
