using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public sealed class SalutationTests
{
    [Theory]
    [InlineData("Dear all, this week is about agents.")]
    [InlineData("Dear readers of the Brief:\n\nThis week is about agents.")]
    [InlineData("  hello!")]
    [InlineData("Hi everyone – a short one today.")]
    [InlineData("Good morning,\nit is Monday.")]
    [InlineData("Happy Monday, friends!")]
    [InlineData("Liebe Leserinnen und Leser,")]
    [InlineData("Sehr geehrte Damen und Herren,")]
    [InlineData("Bonjour à tous,")]
    [InlineData("Estimados lectores:")]
    [InlineData("大家好，本周")]
    [InlineData("👋 Hi all, this week is about agents.")]
    [InlineData("Folks,\n\nagents are everywhere.")]
    public void An_intro_that_greets(string intro) => Assert.True(Salutation.Opens(intro));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("This week is about agents.")]
    [InlineData("Beste Artikel der Woche: Agenten")]
    [InlineData("Hello world of AI agents is changing fast.")]
    [InlineData("This week in AI,\nwe look at agents.")]
    [InlineData("Hi-fi is back, and so are agents.")]
    [InlineData("Dearth of chips, again.")]
    [InlineData("Helloworld, the program, is fifty years old.")]
    [InlineData("Agents, retrieval and evaluation: three long reads for a quiet week, and one short,\nall of them free.")]
    public void An_intro_that_does_not(string? intro) => Assert.False(Salutation.Opens(intro));

    [Fact]
    public async Task Line_ends_of_an_intro_are_kept()
    {
        var renderer = Rendered.Renderer;
        var frame = await renderer.FrameAsync(Rendered.Weekly with { Intro = "The office is closed:\n- on Monday & Tuesday\n- on Friday\n\nAnna" });
        var body = new MailBody(frame, [new(await renderer.FragmentAsync(Rendered.Item()), new ReasonsLine(Rendered.Reasons), null)], []);
        var mail = Rendered.Mail(body, Rendered.Anna);

        Assert.Contains("The office is closed:<br>- on Monday &amp; Tuesday<br>- on Friday</p>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Contains(
            "The office is closed:\n- on Monday & Tuesday\n- on Friday\n\nAnna\n", mail.TextBody.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dear all,\n\nthis week is about agents.", false)]
    [InlineData("This week is about agents.", true)]
    [InlineData(null, true)]
    public async Task A_mail_greets_once(string? intro, bool isOurs)
    {
        var renderer = Rendered.Renderer;
        var frame = await renderer.FrameAsync(Rendered.Weekly with { Intro = intro });
        var body = new MailBody(frame, [new(await renderer.FragmentAsync(Rendered.Item()), new ReasonsLine(Rendered.Reasons), null)], []);
        var mail = Rendered.Mail(body, Rendered.Anna);

        Assert.All([mail.HtmlBody, mail.TextBody], text => Assert.Equal(isOurs, text.Contains("Hello Anna,", StringComparison.Ordinal)));
        Assert.DoesNotContain("\n\n\n\n", mail.TextBody.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
