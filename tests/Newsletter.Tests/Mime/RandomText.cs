using System.Text;

namespace Newsletter.Tests.Mime;

/// <summary>Text of the kinds that break encoders; the same seed gives the same text.</summary>
public sealed class RandomText(int seed)
{
    private static readonly string[] Bits =
    [
        "word", "a", "=", "==", "=3D", ".", "..", "\n.", "\n.\n", "\n", "\n\n", "\r\n", "\r", " ", "  ", " \n", "\t\n", "\t", "From ", "\nFrom you",
        "--", "--=_newsletter-alternative", "😀", "👩‍👩‍👧", "🇩🇪", "数据", "日本語。", "한국어", "שלום", "مرحبا", "Привет", "é", "ß", "𠮷", "\u00A0", "\u200F",
        "<b>", "&amp;", "\"", "'", "?=", "=?utf-8?q?x?=", new('x', 80), new('数', 60), string.Concat(Enumerable.Repeat("no spaces 0123456789", 60)),
    ];

    private readonly Random random = new(seed);

    public string Next(int most = 60)
    {
        var text = new StringBuilder();
        for (var i = random.Next(most); i > 0; i--)
        {
            text.Append(Bits[random.Next(Bits.Length)]);
        }

        // A CR at the end of one text and an LF at the start of the next are two line ends, joined they would be one.
        return text.ToString().TrimEnd('\r');
    }
}
