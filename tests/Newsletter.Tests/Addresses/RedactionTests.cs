using Newsletter.Addresses;

namespace Newsletter.Tests.Addresses;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("550 5.1.1 <ada@example.com>: unknown", "550 5.1.1 <[address]>: unknown")]
    [InlineData("no such user ada+x=y@bücher.example, sorry", "no such user [address], sorry")]
    [InlineData("\"a b\"@example.com refused", "[address] refused")]
    [InlineData("see https://relay.example/?c=ada%40example.com&x=1 now", "see [link] now")]
    [InlineData("It was ada@example.com.", "It was [address].")]
    [InlineData("rcpt=ada%40example.com", "[address]")]
    [InlineData("spam [http://news.example.com/unsubscribe/abc.def]", "spam [[link]]")]
    [InlineData("two\r\nlines\0", "two  lines")]
    [InlineData("Connection refused [::ffff:127.0.0.1]:2525", "Connection refused [::ffff:127.0.0.1]:2525")]
    public void Addresses_and_links_are_taken_out(string text, string redacted) => Assert.Equal(redacted, Redaction.Of(text));

    [Fact]
    public void It_is_short_and_quick_whatever_comes() => Assert.InRange(Redaction.Of(new string('a', 1_000_000)).Length, 1, 301);
}
