using System.Text.RegularExpressions;

namespace Newsletter.Rendering;

/// <summary>Detects a greeting in an editor's text: a mail must not greet its reader twice.</summary>
public static partial class Salutation
{
    /// <summary>True for "Dear all, ...", "Hi everyone!" and similar, and for a short first paragraph that ends with a comma.</summary>
    public static bool Opens(string? text)
    {
        var start = (text ?? "").TrimStart();
        return Greeting().IsMatch(start) || ShortParagraph().IsMatch(start);
    }

    // A greeting ends after a few words with a comma, exclamation mark, dash or line end: "Dear money was cheap" is not a greeting.
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
