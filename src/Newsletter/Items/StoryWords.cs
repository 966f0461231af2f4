using System.Globalization;
using System.Text;

namespace Newsletter.Items;

/// <summary>
/// A text as words that can be compared: letter case, punctuation, width and invisible characters do not count. In scripts without spaces
/// between words, every two adjacent characters are a word.
/// </summary>
public sealed class StoryWords
{
    private static readonly Dictionary<string, string> Counting = new()
    {
        ["one"] = "1", ["two"] = "2", ["three"] = "3", ["four"] = "4", ["five"] = "5", ["six"] = "6", ["seven"] = "7",
        ["eight"] = "8", ["nine"] = "9", ["ten"] = "10", ["eleven"] = "11", ["twelve"] = "12",
        ["ii"] = "2", ["iii"] = "3", ["iv"] = "4", ["vi"] = "6", ["vii"] = "7", ["viii"] = "8", ["ix"] = "9",
    };

    private static readonly HashSet<string> Calendar =
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "spring", "summer", "autumn", "fall", "winter",
    ];

    private const string ChineseNumerals = "一二三四五六七八九十百";

    private readonly List<string> words = [];
    private readonly SortedSet<string> numbers = new(StringComparer.Ordinal);
    private int unspaced;

    public StoryWords(string text)
    {
        var letters = new StringBuilder();
        var runes = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().EnumerateRunes().Where(rune => !IsInvisible(rune)).ToList();
        for (var at = 0; at < runes.Count;)
        {
            letters.Clear();
            if (Rune.IsDigit(runes[at]))
            {
                at = Number(runes, at, letters);
                Add(letters.ToString(), isNumber: true);
            }
            else if (IsUnspaced(runes[at]))
            {
                at = Run(runes, at, IsUnspaced, letters);
                AddUnspaced(letters.ToString());
            }
            else if (IsLetter(runes[at]))
            {
                at = Run(runes, at, IsLetter, letters);
                var word = letters.ToString();
                Add(Counting.GetValueOrDefault(word, word), Counting.ContainsKey(word) || Calendar.Contains(word));
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>
    /// What distinguishes the parts of a series, sorted, without duplicates: numbers and versions, also spelled out, months and days.
    /// </summary>
    public IReadOnlyCollection<string> Numbers => numbers;

    /// <summary>
    /// The length of the text in words of a language such as English: two characters of a script without spaces count as about one word.
    /// </summary>
    public int Weight => words.Count - unspaced / 2;

    /// <summary>Every two adjacent words: their order distinguishes texts on the same subject.</summary>
    public HashSet<string> Pairs() => words.Count < 2 ? [.. words] : words.Zip(words.Skip(1), (one, two) => one + " " + two).ToHashSet();

    private void Add(string word, bool isNumber)
    {
        words.Add(word);
        if (isNumber)
        {
            numbers.Add(word);
        }
    }

    private void AddUnspaced(string run)
    {
        for (var i = 0; i < Math.Max(1, run.Length - 1); i++)
        {
            words.Add(run[i..Math.Min(i + 2, run.Length)]);
            unspaced++;
            // "Part two": a numeral counts as a number if 第 is before it.
            if (run[i] == '第' && i + 1 < run.Length && ChineseNumerals.Contains(run[i + 1], StringComparison.Ordinal))
            {
                numbers.Add(string.Concat(run[i..].Skip(1).TakeWhile(c => ChineseNumerals.Contains(c, StringComparison.Ordinal))));
            }
        }
    }

    /// <summary>
    /// Digits of any script: "1,000" as "1000", "2.5" as it is. Letters directly after the digits belong to the number: "4o", "70b".
    /// </summary>
    private static int Number(List<Rune> runes, int at, StringBuilder into)
    {
        while (at < runes.Count && (Rune.IsDigit(runes[at]) || (runes[at].Value is ',' or '.' && at + 1 < runes.Count && Rune.IsDigit(runes[at + 1]))))
        {
            if (Rune.IsDigit(runes[at]))
            {
                into.Append(((int)Rune.GetNumericValue(runes[at])).ToString(CultureInfo.InvariantCulture));
            }
            else if (runes[at].Value == '.')
            {
                into.Append('.');
            }
            at++;
        }
        return Run(runes, at, IsLetter, into);
    }

    private static int Run(List<Rune> runes, int at, Func<Rune, bool> belongs, StringBuilder into)
    {
        for (; at < runes.Count && belongs(runes[at]); at++)
        {
            into.Append(runes[at].ToString());
        }
        return at;
    }

    private static bool IsLetter(Rune rune) => !IsUnspaced(rune)
        && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    /// <summary>Han, kana, Thai, Lao, Tibetan, Burmese and Khmer letters.</summary>
    private static bool IsUnspaced(Rune rune) =>
        rune.Value is >= 0x0E00 and <= 0x0FFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x17FF
            or >= 0x3005 and <= 0x3007 or >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF
        && (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);

    /// <summary>Apostrophes too: "Meta's" is spelled in many ways.</summary>
    private static bool IsInvisible(Rune rune) =>
        rune.Value is '\'' or '’' or '‘' or 'ʼ' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format;
}
