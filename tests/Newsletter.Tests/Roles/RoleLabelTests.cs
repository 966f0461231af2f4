using Newsletter.Roles;

namespace Newsletter.Tests.Roles;

public sealed class RoleLabelTests
{
    [Theory]
    [InlineData("CTO", "C.T.O.")]
    [InlineData("CTO", " ctos ")]
    [InlineData("Full-Stack Developers", "full stack developer")]
    [InlineData("Research & Development", "Research and Development")]
    [InlineData("Développeur", "developpeur")]
    [InlineData("Entwickler (m/w/d)", "Entwickler:innen")]
    [InlineData("Entwickler", "Entwickler*in")]
    [InlineData("Engineer(s)", "engineer")]
    [InlineData("C++ Developer", "c++ developers")]
    [InlineData("AI/ML Engineer", "AI / ML  Engineer")]
    [InlineData("Directeur/trice technique", "directeur technique")]
    [InlineData("VP, Engineering", "VP Engineering")]
    public void Two_spellings_are_one_label(string one, string other) =>
        Assert.Equal(RoleLabel.Normalise(one), RoleLabel.Normalise(other));

    [Theory]
    [InlineData("VP of Engineering", "VP of Data")]
    [InlineData("C Developer", "C++ Developer")]
    [InlineData("CTO", "CIO")]
    public void Two_labels_stay_two(string one, string other) =>
        Assert.NotEqual(RoleLabel.Normalise(one), RoleLabel.Normalise(other));

    [Theory]
    [InlineData("CTO, VP of Engineering/Data; PM", "CTO|VP of Engineering/Data|PM")]
    [InlineData("CTO, PM, and AI Engineer.", "CTO|PM|AI Engineer")]
    [InlineData("Software Engineers (backend, data), PM", "Software Engineers (backend, data)|PM")]
    [InlineData("CTO, cto, C.T.O., ,; CTOs", "CTO")]
    [InlineData("Engineers (backend, PM", "Engineers (backend|PM")]
    [InlineData("CTO) , (PM), …", "CTO)|(PM)")]
    [InlineData("C.T.O.", "C.T.O.")]
    [InlineData("Android Developer", "Android Developer")]
    [InlineData("  ", "")]
    public void A_line_is_divided_into_its_labels(string line, string labels) =>
        Assert.Equal(labels, string.Join('|', RoleLabel.Split(line)));

    [Fact]
    public void Control_characters_and_broken_text_are_taken_out()
    {
        Assert.Equal("AI Engineer", RoleLabel.Clean(" AI\0\t\uD800Engineer\u202E\uFFFE\r\n"));
        Assert.Equal("ai engineer", RoleLabel.Normalise("AI\u0001 Engineer\uDC00"));
    }

    [Fact]
    public void A_label_has_at_most_200_characters_and_at_least_a_letter()
    {
        Assert.Equal(RoleLabel.MaxLength, RoleLabel.Clean(new string('x', 200)).Length);
        Assert.Equal(RefusalKind.Invalid, Assert.Throws<Refusal>(() => RoleLabel.Clean(new string('x', 201))).Kind);
        Assert.Throws<Refusal>(() => RoleLabel.Normalise(new string('x', 10_240)));
        Assert.Throws<Refusal>(() => RoleLabel.Split("CTO, " + new string('x', 300)));
        // Unicode normalisation (NFKD) expands U+FDFA to 18 characters.
        Assert.Throws<Refusal>(() => RoleLabel.Normalise(new string('\uFDFA', 200)));
        Assert.Throws<Refusal>(() => RoleLabel.Clean(new string('\uFDFA', 23)));
        Assert.Equal(new string('\uFDFA', 22), RoleLabel.Clean(new string('\uFDFA', 22)));
        Assert.Equal(200, RoleLabel.Split(string.Join(',', Enumerable.Range(0, 200))).Count);
        Assert.Throws<Refusal>(() => RoleLabel.Split(string.Join(',', Enumerable.Range(0, 201))));
        Assert.Throws<Refusal>(() => RoleLabel.Normalise(" -- "));
    }
}
