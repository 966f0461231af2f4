using Microsoft.Extensions.Time.Testing;
using Newsletter.Addresses;

namespace Newsletter.Tests.Addresses;

public sealed class SignedLinksTests
{
    private const string OldKey = "old-key-0123456789-0123456789-0123456789";
    private const string NewKey = "new-key-0123456789-0123456789-0123456789";
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2027, 3, 1, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Each_link_reads_back_as_what_it_was_made_for()
    {
        var links = Links(NewKey);
        Assert.Equal(new SignedLink(LinkPurpose.Confirm, 7, null), links.Read(LinkPurpose.Confirm, Token(links.Confirm(7))));
        Assert.Equal(new SignedLink(LinkPurpose.Preferences, 7, null), links.Read(LinkPurpose.Preferences, Token(links.Preferences(7))));
        Assert.Equal(new SignedLink(LinkPurpose.Unsubscribe, long.MaxValue, 9),
            links.Read(LinkPurpose.Unsubscribe, Token(links.Unsubscribe(long.MaxValue, 9))));
        Assert.Equal(new SignedLink(LinkPurpose.View, 7, 9), links.Read(LinkPurpose.View, Token(links.View(7, 9))));
    }

    [Fact]
    public void Links_lie_under_the_public_address()
    {
        var links = new SignedLinks(new([NewKey]), new() { PublicUrl = "https://Bücher.example/news/" }, time);
        Assert.Matches("^https://xn--bcher-kva.example/news/unsubscribe/[A-Za-z0-9_-]{44}$", links.Unsubscribe(1, 2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("news.example.com")]
    [InlineData("ftp://news.example.com")]
    [InlineData("https://news.example.com/?a=b")]
    [InlineData("https://ann@news.example.com/")]
    public void A_public_address_that_links_cannot_lie_under_is_refused(string url) =>
        Assert.Throws<Refusal>(() => new SiteOptions { PublicUrl = url }.Root());

    [Fact]
    public void Every_single_bit_counts()
    {
        var links = Links(NewKey);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var token = Token(links.Unsubscribe(7, 9));
        for (var i = 0; i < token.Length; i++)
        {
            for (var bit = 0; bit < 6; bit++)
            {
                var changed = token.ToCharArray();
                changed[i] = Alphabet[Alphabet.IndexOf(token[i]) ^ (1 << bit)];
                Assert.Null(links.Read(LinkPurpose.Unsubscribe, new string(changed)));
            }
        }
    }

    [Fact]
    public void A_token_of_one_purpose_never_passes_for_another()
    {
        var links = Links(NewKey);
        var tokens = new Dictionary<LinkPurpose, string>
        {
            [LinkPurpose.Confirm] = Token(links.Confirm(7)),
            [LinkPurpose.Preferences] = Token(links.Preferences(7)),
            [LinkPurpose.Unsubscribe] = Token(links.Unsubscribe(7, 9)),
            [LinkPurpose.View] = Token(links.View(7, 9)),
        };
        foreach (var (made, token) in tokens)
        {
            foreach (var asked in tokens.Keys)
            {
                Assert.Equal(made == asked, links.Read(asked, token) is not null);
            }
        }
    }

    [Fact]
    public void Older_keys_verify_and_the_newest_signs()
    {
        var before = Links(OldKey);
        var after = Links(NewKey, OldKey);
        Assert.NotNull(after.Read(LinkPurpose.Preferences, Token(before.Preferences(7))));
        Assert.Null(before.Read(LinkPurpose.Preferences, Token(after.Preferences(7))));
        Assert.Null(Links(NewKey).Read(LinkPurpose.Preferences, Token(before.Preferences(7))));
    }

    [Fact]
    public void Confirm_links_expire_after_seven_days_and_unsubscribe_links_never()
    {
        var links = Links(NewKey);
        var (confirm, unsubscribe) = (Token(links.Confirm(7)), Token(links.Unsubscribe(7, 9)));
        time.Advance(TimeSpan.FromDays(7));
        Assert.NotNull(links.Read(LinkPurpose.Confirm, confirm));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(links.Read(LinkPurpose.Confirm, confirm));
        time.Advance(TimeSpan.FromDays(36_500));
        Assert.NotNull(links.Read(LinkPurpose.Unsubscribe, unsubscribe));
    }

    [Fact]
    public void Garbage_is_no_link_and_no_error()
    {
        var links = Links(NewKey);
        var token = Token(links.View(7, 9));
        string?[] garbage =
        [
            null, "", " ", token[1..], token + "A", token + "=", " " + token[..43], token[..20] + "\n" + token[21..], token[..43] + "=",
            new string('A', 44), new string('€', 44), new string('\ud800', 44), new string('\0', 44), token[..43] + "ü",
            new string('A', 10_000_000), string.Concat(Enumerable.Repeat("%00", 15)),
        ];
        Assert.All(garbage, g => Assert.Null(links.Read(LinkPurpose.View, g)));
    }

    [Fact]
    public void Making_a_link_allocates_its_text_only()
    {
        var links = Links(NewKey);
        var length = links.Unsubscribe(1, 1).Length;
        links.Unsubscribe(2, 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            links.Unsubscribe(i, 3);
        }

        var perLink = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0;
        Assert.InRange(perLink, 2 * length, 2 * length + 40);
    }

    [Theory]
    [InlineData]
    [InlineData("short")]
    [InlineData(NewKey, "")]
    public void Keys_that_protect_nothing_are_refused(params string[] keys) => Assert.Throws<Refusal>(() => new SigningKeys(keys));

    private SignedLinks Links(params string[] keys) => new(new(keys), new() { PublicUrl = "https://news.example.com" }, time);

    private static string Token(string link) => link[(link.LastIndexOf('/') + 1)..];
}
