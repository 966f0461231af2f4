using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Newsletter.Roles;

/// <summary>The text of a role label: when two spellings are the same label, and how a "Best for:" line is split.</summary>
public static partial class RoleLabel
{
    /// <summary>Maximum length of a label, in UTF-16 characters after trimming.</summary>
    public const int MaxLength = 200;

    /// <summary>Maximum number of labels per line: a longer line is not a list of roles.</summary>
    private const int MaxOfLine = 200;

    /// <summary>
    /// Maximum number of characters after decomposition (NFKD). Some characters expand to many (U+FDFA to eighteen), and each takes time.
    /// </summary>
    private const int MaxFolded = 2 * MaxLength;

    /// <summary>
    /// The normal form: labels with the same normal form are the same label. It is NFKC, without letter case, accents, dots, brackets and other
    /// punctuation, plurals and gender forms ("Entwickler:in", "(m/w/d)"); "and" becomes "&amp;", hyphens become spaces. "C.T.O.s" and "CTO" are
    /// the same label, and so are "Full-Stack Developers" and "full stack developer".
    /// </summary>
    /// <exception cref="Refusal">Invalid when longer than <see cref="MaxLength"/>, or when no letter or digit is left.</exception>
    public static string Normalise(string label) =>
        NormalOrNull(Clean(label)) ?? throw Refusal.Invalid("A role label needs at least one letter or digit.");

    /// <summary>As <see cref="Normalise"/>; null when no letter or digit is left.</summary>
    internal static string? NormalOrNull(string label)
    {
        var normal = string.Join(' ', Words(label).Where(w => !IsSeparator(w) || w is "/" or "&")).Trim(' ', '/', '&');
        return normal.Any(char.IsLetterOrDigit) ? normal : null;
    }

    /// <summary>The text as it is stored: NFC, without control characters and lone surrogates, whitespace collapsed.</summary>
    /// <exception cref="Refusal">Invalid when longer than <see cref="MaxLength"/>, or when its characters expand to too many.</exception>
    public static string Clean(string label) =>
        CleanWithoutFoldLimit(label) is var kept && (Ascii.IsValid(kept) || kept.Normalize(NormalizationForm.FormKD).Length <= MaxFolded)
            ? kept
            : throw Refusal.Invalid(
                $"A role label may have {MaxLength} characters; \"{Shown(label, 30)}\" contains characters that expand to several: use simpler ones.");

    /// <summary>As <see cref="Clean"/>, without the limit on expanded characters: older labels were stored before that limit existed.</summary>
    private static string CleanWithoutFoldLimit(string label) => CleanOrNull(label)
        ?? throw Refusal.Invalid($"A role label may have {MaxLength} characters; \"{Shown(label, 30)}\" has {label.Length}.");

    /// <summary>As <see cref="Clean"/>; null when longer than <see cref="MaxLength"/>. NFC makes some texts longer than they were.</summary>
    internal static string? CleanOrNull(string label)
    {
        // A longer text is rejected without processing. Spaces and control characters would be removed, but a text with 4 kB of them is not a label.
        if (label.Length > 20 * MaxLength)
        {
            return null;
        }

        var clean = Tidy(label).Normalize(NormalizationForm.FormC);
        return clean.Length <= MaxLength ? clean : null;
    }

    /// <summary>The beginning of an untrusted text, for quoting in a message: one line, without characters that control a terminal.</summary>
    internal static string Shown(string text, int most = 60) =>
        text.Length <= most ? Tidy(text) : Tidy(text[..most]) + "…";

    private static string Tidy(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate is enumerated as U+FFFD, which PostgreSQL would accept but which means nothing. U+FFFE and U+FFFF are not
            // characters, and text that contains one cannot be normalised.
            if (rune == Rune.ReplacementChar || rune.Value is 0xFFFE or 0xFFFF || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
            {
                continue;
            }

            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                kept.Append(' ');
            }
            else
            {
                kept.Append(rune.ToString());
            }
        }
        return string.Join(' ', kept.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// The labels of one "Best for:" line: split at commas and semicolons outside brackets, without a leading "and" and a final full stop,
    /// without duplicates (by <see cref="Normalise"/>), in order. Parts without a letter or digit are dropped.
    /// </summary>
    /// <exception cref="Refusal">Invalid when the line has more than 200 labels, or one is longer than <see cref="MaxLength"/>.</exception>
    public static IReadOnlyList<string> Split(string line) => Split(line, MaxOfLine);

    /// <param name="most">The maximum number of labels in the line, counted with repetitions.</param>
    /// <exception cref="Refusal">Invalid when the line has more labels, or one is longer than <see cref="MaxLength"/>.</exception>
    public static IReadOnlyList<string> Split(string line, int most)
    {
        var labels = new List<string>();
        var seen = new HashSet<string>();
        var parts = Parts(line).Where(part => !string.IsNullOrWhiteSpace(part)).Take(most + 1).ToList();
        if (parts.Count > most)
        {
            throw Refusal.Invalid($"There are more than {most} roles.");
        }
        foreach (var part in parts)
        {
            var label = LeadingAnd().Replace(Tidy(part), "");
            if (label.EndsWith('.') && !Initials().IsMatch(label))
            {
                label = label[..^1].TrimEnd();
            }

            var clean = Clean(label);
            if (NormalOrNull(clean) is { } normal && seen.Add(normal))
            {
                labels.Add(clean);
            }
        }
        return labels;
    }

    private static IEnumerable<string> Parts(string line)
    {
        // A bracket that never closes must not swallow the rest of the line.
        var balanced = line.Count(c => c is '(' or '[') == line.Count(c => c is ')' or ']');
        var (start, depth) = (0, 0);
        for (var i = 0; i < line.Length; i++)
        {
            if (balanced && line[i] is '(' or '[')
            {
                depth++;
            }
            else if (balanced && line[i] is ')' or ']')
            {
                depth = Math.Max(0, depth - 1);
            }
            else if (depth == 0 && line[i] is ',' or ';' or '，' or '、' or '；' or '\n')
            {
                yield return line[start..i];
                start = i + 1;
            }
        }
        yield return line[start..];
    }

    /// <summary>The words in normal form, and between them the separators <c>/ &amp; , - | : ( ) @</c>, each as a separate string.</summary>
    internal static IReadOnlyList<string> Words(string label)
    {
        var text = Fold(CleanWithoutFoldLimit(label));
        text = GenderMarks().Replace(text, " ");
        text = GenderEndings().Replace(text, "");
        text = InitialDots().Replace(text, "");
        text = Degrees().Replace(text, "$1$2");
        text = text.Replace("c++", "cpp", StringComparison.Ordinal).Replace("c#", "csharp", StringComparison.Ordinal);
        return [.. Pieces().Matches(text).Select(m => m.Value.Trim() switch
        {
            "&" or "+" or "and" or "und" or "et" or "y" or "og" => "&",
            ";" or "," or "，" or "、" or "；" => ",",
            "|" or "•" or "·" or "‧" or "–" or "—" or "-" or "―" => "-",
            "[" or "(" => "(",
            "]" or ")" => ")",
            "/" or "\\" => "/",
            ":" => ":",
            "@" => "@",
            var word => Singular(word),
        })];
    }

    internal static bool IsSeparator(string word) => word.Length == 1 && !char.IsLetterOrDigit(word[0]);

    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        // Removes only accents on letters (U+0300 to U+036F): combining marks of other scripts carry meaning.
        foreach (var c in text.Normalize(NormalizationForm.FormKD))
        {
            if (c is < '\u0300' or > '\u036F')
            {
                folded.Append(c is '\'' or '’' ? "" : c == 'ß' ? "ss" : char.ToLowerInvariant(c).ToString());
            }
        }

        return folded.ToString().Normalize(NormalizationForm.FormC);
    }

    private static string Singular(string word)
    {
        if (word.EndsWith("innen", StringComparison.Ordinal) && word.Length > 8)
        {
            return word[..^5];
        }

        if (FeminineEnding().IsMatch(word))
        {
            return word[..^2];
        }

        if (word.Length < 3 || word[^1] != 's' || word[^2] is 's' or 'u' or 'i' || word.EndsWith("ics", StringComparison.Ordinal))
        {
            return word;
        }

        return word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word[..^1];
    }

    [GeneratedRegex(@"^(?:and|und|et|or|&)\s+", RegexOptions.IgnoreCase)]
    private static partial Regex LeadingAnd();

    [GeneratedRegex(@"(?:^|[\s.])\p{L}\.$")]
    private static partial Regex Initials();

    // (m/w/d), f/m/x; Developer(s); Ingénieur(e), Directeur/trice, Entwickler:in, Entwickler*innen.
    [GeneratedRegex(@"\(?(?<![\p{L}\d])(?:all genders|gn|[mwfhdxi](?:\s?[/|,]\s?(?:[mwfhdxi]|div|gn)\*?){1,3})(?![\p{L}\d])\)?")]
    private static partial Regex GenderMarks();

    [GeneratedRegex(@"(?<=\p{L}{3})(?:[:*·_/]-?in(?:nen)?(?!\p{L})|\((?:s|e|a|in|ne|trice|euse|innen)\)|[/·]-?(?:trice|euse|ne|e|a|ora)(?!\p{L}))")]
    private static partial Regex GenderEndings();

    // c.t.o. → cto; node.js → nodejs
    [GeneratedRegex(@"(?<=(?:^|[^\p{L}])\p{L})\.(?=\p{L}(?:[^\p{L}]|$))|(?<=\.\p{L})\.|\.(?=(?:js|net|ai|io)(?:[^\p{L}]|$))")]
    private static partial Regex InitialDots();

    [GeneratedRegex(@"\b(ph|m|b)\.\s?(d|sc)\b")]
    private static partial Regex Degrees();

    [GeneratedRegex(@"[\p{L}\p{M}\d]+|[/\\&+,;:|•·‧–—―@()\[\]，、；]|(?<=\s)-(?=\s)")]
    private static partial Regex Pieces();

    [GeneratedRegex(@"(?:\p{L}{3}[eo]r|eur|ent|ist|and)in$")]
    private static partial Regex FeminineEnding();
}
