using System.Buffers;
using System.Globalization;
using System.Text;

namespace Newsletter.Addresses;

/// <summary>Converts domain names between ASCII (A-labels, RFC 5890) and the Unicode form for people.</summary>
public static class DomainName
{
    private static readonly IdnMapping Idn = new();

    /// <summary>Cyrillic and Greek letters that look like Latin ones: a label with only these letters can imitate another name.</summary>
    private static readonly SearchValues<char> LatinLookalikes = SearchValues.Create("асԁеһіјӏорԛѕԝхуъЬьҽпгѵѡυαγεηικνορτωχϲϳ-0123456789");

    /// <summary>Code point ranges of the accepted scripts. Names in other scripts are shown in ASCII.</summary>
    private static readonly (Script Script, int First, int Last)[] Ranges =
    [
        (Script.Latin, 0x00DF, 0x00F6), (Script.Latin, 0x00F8, 0x024F), (Script.Latin, 0x1E00, 0x1EFF),
        (Script.Greek, 0x0370, 0x03FF), (Script.Greek, 0x1F00, 0x1FFF), (Script.Cyrillic, 0x0400, 0x052F), (Script.Armenian, 0x0530, 0x058F),
        (Script.Hebrew, 0x0590, 0x05FF), (Script.Arabic, 0x0600, 0x06FF), (Script.Arabic, 0x0750, 0x077F),
        (Script.Devanagari, 0x0900, 0x097F), (Script.Bengali, 0x0980, 0x09FF), (Script.Gurmukhi, 0x0A00, 0x0A7F), (Script.Gujarati, 0x0A80, 0x0AFF),
        (Script.Tamil, 0x0B80, 0x0BFF), (Script.Telugu, 0x0C00, 0x0C7F), (Script.Kannada, 0x0C80, 0x0CFF), (Script.Malayalam, 0x0D00, 0x0D7F),
        (Script.Sinhala, 0x0D80, 0x0DFF), (Script.Thai, 0x0E00, 0x0E7F), (Script.Lao, 0x0E80, 0x0EFF), (Script.Georgian, 0x10D0, 0x10FF),
        (Script.EastAsian, 0x3005, 0x3007), (Script.EastAsian, 0x3041, 0x3096), (Script.EastAsian, 0x30A1, 0x30FE),
        (Script.EastAsian, 0x4E00, 0x9FFF), (Script.EastAsian, 0xAC00, 0xD7A3),
    ];

    private enum Script
    {
        Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Sinhala, Thai, Lao,
        Georgian, EastAsian,
    }

    /// <summary>Converts to lower case ASCII. Does not check whether the result is a valid domain.</summary>
    /// <returns>False if the text cannot be encoded as a domain.</returns>
    public static bool TryToAscii(string text, out string ascii)
    {
        try
        {
            ascii = (Ascii.IsValid(text) ? text : Idn.GetAscii(text)).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            ascii = "";
            return false;
        }
    }

    /// <summary>
    /// The Unicode form. Returns ASCII if the conversion is not reversible, or if the name could imitate another one: symbols, invisible
    /// characters, letters of several scripts in one label, or only letters that look like Latin ones.
    /// </summary>
    /// <param name="ascii">See <see cref="TryToAscii"/>.</param>
    public static string Readable(string ascii)
    {
        if (!ascii.Contains("xn--", StringComparison.Ordinal))
        {
            return ascii;
        }
        try
        {
            var letters = Idn.GetUnicode(ascii).ToLowerInvariant();
            return TryToAscii(letters, out var again) && again == ascii && letters.Split('.').All(IsPlain) ? letters : ascii;
        }
        catch (ArgumentException)
        {
            return ascii;
        }
    }

    /// <summary>True if all letters are of one script; digits and hyphens are allowed, and East Asian names may also have Latin letters.</summary>
    private static bool IsPlain(string label)
    {
        var scripts = new HashSet<Script>();
        foreach (var c in label)
        {
            if (c == '-' || char.IsAsciiDigit(c))
            {
                continue;
            }
            if (ScriptOf(c) is not { } script)
            {
                return false;
            }
            scripts.Add(script);
        }
        return scripts.Count(script => script != Script.Latin || !scripts.Contains(Script.EastAsian)) <= 1
            && (Ascii.IsValid(label) || label.AsSpan().ContainsAnyExcept(LatinLookalikes));
    }

    private static Script? ScriptOf(char c)
    {
        if (char.IsAsciiLetter(c))
        {
            return Script.Latin;
        }
        var isLetter = char.IsLetter(c)
            || CharUnicodeInfo.GetUnicodeCategory(c)
                is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
        foreach (var (script, first, last) in Ranges)
        {
            if (isLetter && c >= first && c <= last)
            {
                return script;
            }
        }
        return null;
    }
}
