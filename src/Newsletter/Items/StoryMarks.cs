namespace Newsletter.Items;

/// <summary>
/// Index keys that select the few items that may tell the same story (MinHash with banding): two items that
/// <see cref="NearDuplicate"/> accepts as one story share a mark, other items rarely do. A mark combines the title's numbers, so that the parts of a
/// series are not candidates for each other, with two words of the title and one word pair of the summary; hashes select these, the same ones
/// for similar texts. At the limits of the rules, a band matches with a probability of 18 % (near-equal titles: 0.6² × 0.5) or 13 % (reworded
/// ones: 0.4² × 0.8). With 24 bands, the probability of missing such a pair is below 1 % and 4 %. The marks are stored: a change of this
/// algorithm changes what existing items are compared by.
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

    /// <summary>
    /// The minimum of all hashes under one of many orders; the probability that two sets have the same minimum is their share of common
    /// elements.
    /// </summary>
    private static ulong Least(ulong[] hashes, ulong order)
    {
        var (least, key) = (ulong.MaxValue, Mixed(order));
        foreach (var hash in hashes)
        {
            least = Math.Min(least, Mixed(hash ^ key));
        }
        return least;
    }

    /// <summary>FNV-1a: the same result in every process and version.</summary>
    private static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var letter in text)
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3);
        }
        return hash;
    }

    /// <summary>The finaliser of SplitMix64: every bit of the input changes half of the output's bits.</summary>
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
