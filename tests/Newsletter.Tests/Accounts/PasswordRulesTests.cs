using Newsletter.Accounts;
using Newsletter.Addresses;

namespace Newsletter.Tests.Accounts;

public sealed class PasswordRulesTests
{
    private static readonly PasswordRules Rules = new(["The Äcme Brief", null, "https://news.acme-corp.example/paper"]);
    private static readonly EmailAddress Ada = EmailAddress.Parse("Ada.Lovelace@engines.example");

    [Theory]
    // Leaked passwords, and their usual extensions to twelve characters.
    [InlineData("password1234")]
    [InlineData("Password2024!")]
    [InlineData("P@ssw0rd1234")]
    [InlineData("passwordpassword")]
    [InlineData("iloveyou1234")]
    [InlineData("adminadmin12")]
    [InlineData("letmein12345")]
    [InlineData("welcome12345")]
    [InlineData("Summer2026!!")]
    [InlineData("administrator")]
    [InlineData("unbelievable")]
    [InlineData("jennifer1990!")]
    [InlineData("passwort1234")]
    [InlineData("changeme1234")]
    // Keyboard patterns, sequences and repetitions.
    [InlineData("qwertyuiop12")]
    [InlineData("123456789012")]
    [InlineData("1q2w3e4r5t6y")]
    [InlineData("qazwsxedcrfv")]
    [InlineData("1qaz!QAZ2wsx@WSX")]
    [InlineData("qwertzuiop12")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("111122223333")]
    [InlineData("987654321098")]
    // Names of this site and of this person.
    [InlineData("newsletter2024")]
    [InlineData("AcmeCorp2026!")]
    [InlineData("acme-corp-acme-corp")]
    [InlineData("theäcmebrief1")]
    [InlineData("ada.lovelace@engines.example")]
    [InlineData("AdaLovelace1815")]
    [InlineData("engines.example1")]
    public void What_is_tried_first_is_refused_with_what_to_do(string password)
    {
        var refusal = Assert.Throws<Refusal>(() => Rules.Check(password, Ada));
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.StartsWith("This password is too easy to guess: choose four words", refusal.Message);
    }

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("another long password")]
    [InlineData("purple tiger 42")]
    [InlineData("ein Hund und drei Züge")]
    [InlineData("夏は夜月のころはさらなり")]
    [InlineData("gK7#qpZ2vL9x")]
    [InlineData("xkqzvbnwpdtr")]
    public void A_few_words_or_random_characters_are_taken(string password) => Rules.Check(password, Ada);

    [Theory]
    [InlineData("gK7#qpZ2vL9")]
    [InlineData("                    ")]
    [InlineData("")]
    public void The_length_is_what_it_was(string password) =>
        Assert.Equal("A password needs 12 to 200 characters.", Assert.Throws<Refusal>(() => Rules.Check(password, Ada)).Message);

    [Fact]
    public void The_longest_is_judged_at_once_and_a_longer_one_not_at_all()
    {
        foreach (var text in (string[])["a", "p@55w0rd", "4@8({[<3691!|70$5+%2", "\ud800", "1qaz2wsx"])
        {
            var longest = string.Concat(Enumerable.Repeat(text, 200))[..200];
            var watch = System.Diagnostics.Stopwatch.StartNew();
            _ = Record.Exception(() => Rules.Check(longest, Ada));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"{text}: {watch.Elapsed}");
        }
        Assert.StartsWith("A password needs", Assert.Throws<Refusal>(() => Rules.Check(new string('x', 10_000_000), Ada)).Message);
    }
}
