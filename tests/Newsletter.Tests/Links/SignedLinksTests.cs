using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Links;

namespace Newsletter.Tests.Links;

public sealed class SignedLinksTests
{
    private const string OldKey = "old-key-0123456789-0123456789-0123456789";
    private const string NewKey = "new-key-0123456789-0123456789-0123456789";
    private static readonly RowKey Reader = new(7, -1);
    private static readonly RowKey Edition = new(9, -2);
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2027, 3, 1, 8, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Each_link_reads_back_as_what_it_was_made_for()
    {
        var links = Links(NewKey);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        (LinkPurpose Purpose, string Link, long Number, long Second)[] made =
        [
            (LinkPurpose.Confirm, links.Confirm(Reader), 0, 0), (LinkPurpose.Return, links.Return(Reader), now, 0),
            (LinkPurpose.Preferences, links.Preferences(Reader), 0, 0), (LinkPurpose.Unsubscribe, links.Unsubscribe(Reader, 9), 9, 0),
            (LinkPurpose.View, links.View(Reader, Edition), 9, -2), (LinkPurpose.Export, links.Export(Reader, 5), 5, 0),
            (LinkPurpose.Erase, links.Erase(Reader, long.MaxValue), long.MaxValue, 0),
            (LinkPurpose.DeliveryMail, links.DeliveryMail(Reader, Edition), 9, -2), (LinkPurpose.NoticeMail, links.NoticeMail(Reader, 5), 5, 0),
            (LinkPurpose.Item, links.Item(Reader), 0, 0),
        ];
        Assert.Equal(Enum.GetValues<LinkPurpose>().Order(), made.Select(m => m.Purpose).Order());
        Assert.All(made, m => Assert.Equal(new SignedLink(m.Purpose, Reader, m.Number, m.Second), links.Read(m.Purpose, Token(m.Link))));
        // Each token is good for its purpose alone.
        Assert.All(made, m => Assert.Equal([m.Purpose], Enum.GetValues<LinkPurpose>().Where(asked => links.Read(asked, Token(m.Link)) is not null)));
    }

    [Fact]
    public void A_token_ends_in_a_letter_or_digit_and_tells_no_number()
    {
        var links = Links(NewKey);
        var tokens = Enumerable.Range(1, 2000).Select(id => Token(links.Unsubscribe(new RowKey(id, 1), 1))).ToList();
        Assert.All(tokens, token => Assert.Matches("^[A-Za-z0-9_-]{64}2$", token));
        // Numbers that follow each other give tokens that have no more in common than chance gives.
        Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.InRange(pair.First.Zip(pair.Second).Take(64).Count(c => c.First == c.Second), 0, 12));
        Assert.Equal(tokens.Count, tokens.Select(token => token[..8]).Distinct().Count());
    }

    [Fact]
    public void Links_made_before_rows_had_secrets_are_read_as_such()
    {
        // Made by the version before, with this key: subscriber 7, edition 9, notice 5.
        var links = Links(OldKey);
        Assert.Equal(new SignedLink(LinkPurpose.Preferences, new RowKey(7, 0), 0, 0, IsOldForm: true), links.Read(LinkPurpose.Preferences, Old.Preferences));
        Assert.Equal(new SignedLink(LinkPurpose.Unsubscribe, new RowKey(7, 0), 9, 0, IsOldForm: true), links.Read(LinkPurpose.Unsubscribe, Old.Unsubscribe));
        Assert.Equal(new SignedLink(LinkPurpose.View, new RowKey(7, 0), 9, 0, IsOldForm: true), links.Read(LinkPurpose.View, Old.View));
        Assert.Equal(new SignedLink(LinkPurpose.Erase, new RowKey(5, 0), 7, 0, IsOldForm: true), links.Read(LinkPurpose.Erase, Old.Erase));
        Assert.Null(links.Read(LinkPurpose.View, Old.Preferences));
        Assert.Null(Links(NewKey).Read(LinkPurpose.View, Old.View));
    }

    [Fact]
    public void Links_in_plain_text_are_read_with_the_punctuation_after_them_and_without_a_dash_that_ended_them()
    {
        var links = Links(OldKey);
        var current = Token(links.Preferences(Reader));
        var subscribers = Enumerable.Range(0, 200_000);
        string[] old = [.. subscribers.Select(id => Old.Token(2, id, 0)).Where(token => token.EndsWith('-') || token.EndsWith('_')).Take(64)];
        var ends = subscribers.Select(id => Old.Token(2, id, 0)).Where(token => token[^2..].All(c => c is '-' or '_')).Take(8).ToList();
        string[] after = [".", ",", ")", ">", "=", "]", "\"", "'", ";", "!", "?", "*", "_", "-", ").", ">,", "&", " ", "\u00a0", "\u200b", "…"];

        Assert.All(after, mark => Assert.Equal(Reader, links.Read(LinkPurpose.Preferences, current + mark)?.Row));
        Assert.All(old, token => Assert.NotNull(links.Read(LinkPurpose.Preferences, token)));
        Assert.All(old, token => Assert.Equal(
            links.Read(LinkPurpose.Preferences, token), links.Read(LinkPurpose.Preferences, token.TrimEnd('-', '_'))));
        Assert.All(after, mark => Assert.Equal(links.Read(LinkPurpose.Preferences, old[0]), links.Read(LinkPurpose.Preferences, old[0] + mark)));
        Assert.Contains(ends, token => token.EndsWith("--", StringComparison.Ordinal) || token.EndsWith("__", StringComparison.Ordinal));
        Assert.All(ends, token => Assert.NotNull(links.Read(LinkPurpose.Preferences, token[..^2])));
        // No other purpose, and no shorter form.
        Assert.All(old, token => Assert.Null(links.Read(LinkPurpose.View, token[..^1])));
        Assert.All(ends, token => Assert.Null(links.Read(LinkPurpose.Preferences, token[..^3])));
    }

    [Fact]
    public void Links_lie_under_the_public_address()
    {
        var links = new SignedLinks(new([NewKey]), new() { PublicUrl = "https://Bücher.example/news/" }, time);
        Assert.Matches("^https://xn--bcher-kva.example/news/unsubscribe/[A-Za-z0-9_-]{65}$", links.Unsubscribe(Reader, 2));
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
        var token = Token(links.Unsubscribe(Reader, 9));
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
    public void Older_keys_verify_and_the_newest_signs()
    {
        var before = Links(OldKey);
        var after = Links(NewKey, OldKey);
        Assert.NotNull(after.Read(LinkPurpose.Preferences, Token(before.Preferences(Reader))));
        Assert.Null(before.Read(LinkPurpose.Preferences, Token(after.Preferences(Reader))));
        Assert.Null(Links(NewKey).Read(LinkPurpose.Preferences, Token(before.Preferences(Reader))));
    }

    [Fact]
    public void Links_back_expire_after_thirty_days_confirm_links_with_their_row_and_unsubscribe_links_never()
    {
        var links = Links(NewKey);
        var (back, confirm, unsubscribe) = (Token(links.Return(Reader)), Token(links.Confirm(Reader)), Token(links.Unsubscribe(Reader, 9)));
        time.Advance(TimeSpan.FromDays(30));
        Assert.NotNull(links.Read(LinkPurpose.Return, back));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(links.Read(LinkPurpose.Return, back));
        time.Advance(TimeSpan.FromDays(36_500));
        Assert.NotNull(links.Read(LinkPurpose.Confirm, confirm));
        Assert.NotNull(links.Read(LinkPurpose.Unsubscribe, unsubscribe));
    }

    [Fact]
    public void Garbage_is_no_link_and_no_error()
    {
        var links = Links(NewKey);
        var token = Token(links.View(Reader, Edition));
        string?[] garbage =
        [
            null, "", " ", ".", "-", token[1..], token + "A", "." + token, " " + token[..64], token[..20] + "\n" + token[21..], token[..64] + "=",
            new string('A', 44), new string('A', 64) + '2', new string('€', 65), new string('\ud800', 65), new string('\0', 65), token[..64] + "ü",
            new string('A', 10_000_000), string.Concat(Enumerable.Repeat("%00", 15)),
        ];
        Assert.All(garbage, g => Assert.Null(links.Read(LinkPurpose.View, g)));
    }

    [Fact]
    public void Making_a_link_allocates_its_text_only()
    {
        var links = Links(NewKey);
        var length = links.Unsubscribe(new RowKey(1, 1), 1).Length;
        links.Unsubscribe(new RowKey(2, 2), 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            links.Unsubscribe(new RowKey(i, i), 3);
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

    /// <summary>As the program before secrets made them.</summary>
    private static class Old
    {
        public static readonly string Preferences = Token(2, 7, 0);
        public static readonly string Unsubscribe = Token(3, 7, 9);
        public static readonly string View = Token(4, 7, 9);
        public static readonly string Erase = Token(6, 7, 5);

        public static string Token(byte purpose, long subscriber, long number)
        {
            byte[] signed = [purpose, .. BigEndian(subscriber), .. BigEndian(number)];
            var key = SHA256.HashData(Encoding.UTF8.GetBytes(OldKey));
            return Convert.ToBase64String([.. signed, .. HMACSHA256.HashData(key, signed)[..16]]).Replace('+', '-').Replace('/', '_');
        }

        private static byte[] BigEndian(long number) => [.. BitConverter.GetBytes(number).Reverse()];
    }

    private static string Token(string link) => link[(link.LastIndexOf('/') + 1)..];
}
