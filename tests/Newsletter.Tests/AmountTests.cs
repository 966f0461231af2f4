namespace Newsletter.Tests;

public sealed class AmountTests
{
    [Theory]
    [InlineData(0, "0 mails")]
    [InlineData(1, "1 mail")]
    [InlineData(2, "2 mails")]
    [InlineData(1000, "1,000 mails")]
    [InlineData(30_014, "30,014 mails")]
    public void Numbers_have_one_form_and_their_plural(long number, string text) => Assert.Equal(text, Amount.Of(number, "mail"));

    [Fact]
    public void A_plural_may_be_a_word_of_its_own() =>
        Assert.Equal(("1 person gets", "2 people get"), (Amount.Of(1, "person gets", "people get"), Amount.Of(2, "person gets", "people get")));
}
