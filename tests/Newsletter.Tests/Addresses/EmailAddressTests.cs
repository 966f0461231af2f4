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
    [InlineData("Info@bücher.example.org", "Info@bücher.example.org")]
    [InlineData("info@xn--bcher-kva.example.org", "info@bücher.example.org")]
    [InlineData("a@BÜCHER。example", "a@bücher.example")]
    [InlineData("a@faß.de", "a@faß.de")]
    [InlineData("a@пример.рф", "a@пример.рф")]
    [InlineData("a@日本語abcかな.jp", "a@日本語abcかな.jp")]
    [InlineData("a@ايران.example", "a@ايران.example")]
    [InlineData("a@उदाहरण.example", "a@उदाहरण.example")]
    [InlineData("a@bücher-24.köln.example", "a@bücher-24.köln.example")]
    // What may pass for something else stays in ASCII: only look-alikes, two scripts in a label, symbols, what maps to another name, what is no name.
    [InlineData("a@аррӏе.com", "a@xn--80ak6aa92e.com")]
    [InlineData("a@pаypal.com", "a@xn--pypal-4ve.com")]
    [InlineData("a@☃.net", "a@xn--n3h.net")]
    [InlineData("a@xn--a.example", "a@xn--a.example")]
    [InlineData("a@xn--1ug23.example", "a@xn--1ug23.example")]
    [InlineData("a@xn--bcher-kva.xn--a.example", "a@xn--bcher-kva.xn--a.example")]
    [InlineData("a@example.com", "a@example.com")]
    public void People_see_the_letters_of_a_domain_that_cannot_pass_for_another(string text, string readable)
    {
        var address = EmailAddress.Parse(text);
        Assert.Equal((readable, readable), (address.Readable, EmailAddress.ReadableOf(address.Value)));
        Assert.Equal(address.Value, EmailAddress.Parse(readable).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cli")]
    [InlineData("a\r\nb@bücher.example")]
    public void What_is_no_address_is_shown_as_it_is(string kept) => Assert.Equal(kept, EmailAddress.ReadableOf(kept));

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

    [Theory]
    [InlineData("Ann@Example.com", "ann@example.com")]
    [InlineData("ann+news@example.com", "ann@example.com")]
    [InlineData("ann+a+b@example.com", "ann@example.com")]
    [InlineData("a.n.n@example.com", "a.n.n@example.com")]
    [InlineData("+ann@example.com", "+ann@example.com")]
    [InlineData("A.nn+x@gmail.com", "ann@gmail.com")]
    [InlineData("ann@googlemail.com", "ann@gmail.com")]
    [InlineData("ann-x@notgmail.com", "ann-x@notgmail.com")]
    [InlineData("ann+x@bücher.example", "ann@xn--bcher-kva.example")]
    public void Where_mail_arrives(string address, string mailbox) => Assert.Equal(mailbox, EmailAddress.Parse(address).Mailbox);
}
