using System.Text;
using MimeKit.Encodings;
using Newsletter.Mime;

namespace Newsletter.Tests.Mime;

public class QuotedPrintableTests
{
    [Theory]
    [InlineData("plain", "plain=\r\n")]
    [InlineData("", "")]
    [InlineData("line\n", "line\r\n")]
    [InlineData("1=1", "1=3D1=\r\n")]
    [InlineData("€ ", "=E2=82=AC=20=\r\n")]
    [InlineData("space \nnext\t\n", "space=20\r\nnext=09\r\n")]
    [InlineData(".\n..\na.b\n", "=2E\r\n=2E.\r\na.b\r\n")]
    [InlineData("From me\nFrog\n", "=46rom me\r\nFrog\r\n")]
    public void A_piece_begins_and_ends_at_the_start_of_a_line(string text, string encoded) =>
        Assert.Equal(encoded, Encoding.ASCII.GetString(QuotedPrintable.Encode(text)));

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character() =>
        Assert.Equal("a=EF=BF=BDb=\r\n", Encoding.ASCII.GetString(QuotedPrintable.Encode("a\uD800b")));

    [Fact]
    public void Pieces_joined_in_any_order_decode_to_the_texts_joined()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new RandomText(seed);
            string[] texts = [random.Next(), random.Next(), random.Next(3), random.Next()];
            var encoded = texts.SelectMany(text => QuotedPrintable.Encode(text.ReplaceLineEndings("\n"))).ToArray();

            Assert.Equal(string.Concat(texts.Select(text => text.ReplaceLineEndings("\n"))), Decode(encoded).ReplaceLineEndings("\n"));
            WireForm.Check(Encoding.ASCII.GetString(encoded));
        }
    }

    [Fact]
    public void A_character_is_never_divided_by_a_line_end()
    {
        for (var before = 60; before < 80; before++)
        {
            var lines = Encoding.ASCII.GetString(QuotedPrintable.Encode(new string('a', before) + "😀数é")).Split("=\r\n");
            Assert.Single(lines, line => line.Contains("=F0=9F=98=80", StringComparison.Ordinal));
            Assert.Single(lines, line => line.Contains("=E6=95=B0", StringComparison.Ordinal));
        }
    }

    private static string Decode(byte[] encoded)
    {
        var decoder = new QuotedPrintableDecoder();
        var output = new byte[decoder.EstimateOutputLength(encoded.Length)];
        return Encoding.UTF8.GetString(output, 0, decoder.Decode(encoded, 0, encoded.Length, output));
    }
}
