using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public class SubjectLineTests
{
    [Theory]
    [InlineData("Every second Thursday, nobody ships", "Every second Thursday, nobody ships")]
    [InlineData("Forms that explain themselves, in the words of the people who fill them in", "Forms that explain themselves, in the words of the people…")]
    [InlineData("A line of sixty characters that just fits, to the very last.", "A line of sixty characters that just fits, to the very last.")]
    [InlineData("First\r\nBcc: victim@example.com", "First Bcc: victim@example.com")]
    [InlineData(
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunt…")]
    public void A_title_becomes_a_subject_cut_between_words(string title, string subject)
    {
        Assert.Equal(subject, SubjectLine.Of(title));
        Assert.InRange(SubjectLine.Of(title).Length, 1, SubjectLine.Limit);
    }

    [Fact]
    public void Scripts_without_spaces_and_joined_characters_are_not_torn()
    {
        Assert.Equal(new string('数', 59) + "…", SubjectLine.Of(new string('数', 100)));
        var families = SubjectLine.Of(string.Concat(Enumerable.Repeat("👩‍👩‍👧", 30)));
        Assert.EndsWith("👩‍👩‍👧…", families, StringComparison.Ordinal);
        Assert.InRange(families.Length, 50, SubjectLine.Limit);
    }

    [Theory]
    [InlineData("AI Engineers", "AI Engineer")]
    [InlineData("CTOs and VPs of Data", "CTO", "VP of Data")]
    [InlineData("Directors of AI/ML, Attorneys and Academic Deans", "Director of AI/ML", "Attorney", "Academic Dean")]
    [InlineData("CTOs, CIOs and more", "CTO", "CIO", "CISO", "CEO")]
    [InlineData("Policies and Coaches", "Policy", "Coach")]
    [InlineData("")]
    public void Roles_are_named_in_the_plural(string words, params string[] roles) => Assert.Equal(words, Audience.Of(roles));
}
