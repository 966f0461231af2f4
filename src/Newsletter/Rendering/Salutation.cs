using System.Text.RegularExpressions;

namespace Newsletter.Rendering;

/// <summary>Whether an editor's text greets its readers itself: a mail must not greet them twice.</summary>
public static partial class Salutation
{
    /// <summary>True for "Dear all, ...", "Hi everyone!" and the like, and for a short first paragraph that ends in a comma.</summary>
    public static bool Opens(string? text)
    {
        var start = (text ?? "").TrimStart();
        return Greeting().IsMatch(start) || ShortParagraph().IsMatch(start);
    }

    // A greeting ends within a few words, by a comma, an exclamation mark, a dash, or the end of its line: "Dear money was cheap" is none.
    [GeneratedRegex(
        @"^[^\p{L}\n]{0,8}(?:dear|hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|welcome back|happy \p{L}+day"
        + @"|liebe[rs]?|hallo|guten (?:morgen|tag|abend)|sehr geehrte[rs]?|bonjour|bonsoir|ch(?:er|ère)s?|hola|estimad[oa]s?|querid[oa]s?"
        + @"|ciao|buongiorno|buonasera|car[oia]|olá|prezad[oa]s?|geachte|hej|hei|witam|drodzy|szanowni|dobrý den|vážení|merhaba"
        + @"|здравствуйте|дорогие|уважаемые|добрый (?:день|вечер))"
        + @"(?![\w-])[^\n,!.:;—–]{0,40}(?:[,!—–\n]|:\s*(?:\n|\z)|\z)"
        + @"|^(?:こんにちは|皆さん|皆様|大家好|各位|亲爱的|親愛的|안녕하세요)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"^[^\n]{1,40},[ \t]*\n[ \t]*\n")]
    private static partial Regex ShortParagraph();
}
