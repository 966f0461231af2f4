using Newsletter.Addresses;

namespace Newsletter.Tests.Addresses;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("  Ann.Lee@Example.COM \r\n", "Ann.Lee@example.com", "ann.lee@example.com")]
    [InlineData("o'neil+news@example.com", "o'neil+news@example.com", "o'neil+news@example.com")]
    [InlineData("a@bücher.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example")]
    [InlineData("a@BÜCHER。example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example")]
    public void An_address_has_a_value_for_SMTP_and_a_key(string text, string value, string key)
    {
        var address = EmailAddress.Parse(text);
        Assert.Equal((value, key), (address.Value, address.Key));
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("   ", "missing")]
    [InlineData("ann.example.com", "no @")]
    [InlineData("a@b@example.com", "more than one @")]
    [InlineData("a@example.com, b@example.com", "more than one @")]
    [InlineData("Ann <a@example.com>", "' '")]
    [InlineData("@example.com", "nothing before the @")]
    [InlineData("a@", "no domain")]
    [InlineData("a@localhost", "no dot")]
    [InlineData("a..b@example.com", "two in a row")]
    [InlineData(".a@example.com", "begins or ends with a dot")]
    [InlineData("\"a b\"@example.com", "quoted")]
    [InlineData("jürgen@example.com", "outside ASCII")]
    [InlineData("a\r\nBcc: x@example.com", "line break")]
    [InlineData("a\0@example.com", "control character")]
    [InlineData("a@exa mple.com", "letters, digits and inner hyphens")]
    [InlineData("a@-example.com", "letters, digits and inner hyphens")]
    [InlineData("a@example..com", "empty part")]
    [InlineData("a@example.com.", "empty part")]
    [InlineData("a@[192.0.2.1]", "network address")]
    [InlineData("a@192.0.2.1", "ends in a number")]
    [InlineData("a@\ud800.example", "international")]
    public void What_is_no_address_is_refused_with_the_rule(string? text, string rule)
    {
        Assert.False(EmailAddress.TryParse(text, out _, out var problem));
        Assert.Contains(rule, problem);
        Assert.Equal(RefusalKind.Invalid, Assert.Throws<Refusal>(() => EmailAddress.Parse(text)).Kind);
    }

    [Fact]
    public void Lengths_are_those_of_RFC_5321()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 62), 3)) + ".e";
        Assert.Equal(254, EmailAddress.Parse(new string('a', 254 - 1 - domain.Length) + "@" + domain).Value.Length);
        Assert.Throws<Refusal>(() => EmailAddress.Parse(new string('a', 255 - 1 - domain.Length) + "@" + domain));
        EmailAddress.Parse(new string('a', 64) + "@example.com");
        Assert.Throws<Refusal>(() => EmailAddress.Parse(new string('a', 65) + "@example.com"));
        Assert.Throws<Refusal>(() => EmailAddress.Parse("a@" + new string('d', 64) + ".example"));
        // 240 letters outside ASCII are more in ASCII.
        Assert.Throws<Refusal>(() => EmailAddress.Parse("a@" + string.Join('.', Enumerable.Repeat(new string('ü', 40), 6))));
    }

    [Fact]
    public void A_huge_text_is_refused_without_being_repeated()
    {
        EmailAddress.TryParse(new string('a', 10_000_000) + "@example.com", out _, out var problem);
        Assert.InRange(problem!.Length, 1, 200);
    }
}
