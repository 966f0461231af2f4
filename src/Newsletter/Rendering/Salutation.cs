using System.Text.RegularExpressions;

namespace Newsletter.Rendering;

/// <summary>Whether an editor's text greets its readers itself: a mail must not greet them twice.</summary>
public static partial class Salutation
{
    /// <summary>True for "Dear all, ...", "Hi!" and the like in common languages, and for a short first line that ends in a comma.</summary>
    public static bool Opens(string? text)
    {
        var start = (text ?? "").TrimStart();
        return Greeting().IsMatch(start) || ShortLine().IsMatch(start);
    }

    // A greeting ends within a few words: "Hi-fi is back" and "Dear money, long forgotten" are not one.
    [GeneratedRegex(
        @"^(?:dear|hello|hi|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|happy (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
        + @"|liebe[rs]?|hallo|guten (?:morgen|tag|abend)|sehr geehrte[rs]?|grüezi|servus|moin|grüß gott"
        + @"|bonjour|bonsoir|salut|ch(?:er|ère)s?|hola|estimad[oa]s?|querid[oa]s?|buen[oa]s (?:días|tardes|noches)"
        + @"|ciao|salve|buongiorno|buonasera|car[oia]|gentil[ei]|olá|prezad[oa]s?|car[oa]s|bom dia|boa (?:tarde|noite)"
        + @"|beste|geachte|goede(?:morgen|middag|navond)|hoi|hej|hei|kær[ae]|kjære|kära|god (?:morgon|morgen|dag)|hyvät"
        + @"|cześć|witam|witajcie|drodzy|szanowni|dzień dobry|dobrý den|ahoj|milí|vážení|merhaba|sevgili|sayın"
        + @"|здравствуйте|привет|дорогие|уважаемые|добрый (?:день|вечер)|шановні|вітаю|γεια|αγαπητοί|שלום|مرحبا|أهلا)"
        + @"(?![\w-])[^\n,!:.;—–]{0,40}(?:[,!:.—–\n]|\z)"
        + @"|^(?:こんにちは|皆さん|皆様|大家好|各位|你好|您好|亲爱的|親愛的|안녕하세요)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"^[^\n]{1,40},[ \t]*\n")]
    private static partial Regex ShortLine();
}
