using System.Text;
using Newsletter.Choosing;

namespace Newsletter.Tests.Choosing;

public sealed class ReasonTextTests
{
    [Fact]
    public void Reasons_are_stored_as_facts_without_a_sentence()
    {
        var reason = new Reason("form") { Role = "CTO", ItemRole = "VP of Engineering", Label = "VP Eng." };
        var json = Encoding.UTF8.GetString(Reason.ToJson([reason]));

        Assert.Equal("""[{"kind":"form","role":"CTO","itemRole":"VP of Engineering","label":"VP Eng."}]""", json);
        Assert.Equal([reason], Reason.Parse(json));
    }

    [Fact]
    public void Each_kind_is_a_sentence_for_the_reader()
    {
        Reason[] reasons =
        [
            new("role") { Role = "UX Designer", Label = "UX designer" },
            new("role") { Role = "VP of Data", Label = "VP of Engineering/Data" },
            new("form") { Role = "CTO", ItemRole = "VP of Engineering", Label = "VP Eng." },
            new("near") { Role = "CTO", ItemRole = "CIO", Label = "CIO" },
            new("topic") { Topic = "RAG" }, Reason.Pick, Reason.Lead, Reason.Leading,
        ];
        Assert.Equal(
            [
                "It is best for UX Designer, your role.",
                "It is best for “VP of Engineering/Data”, which means your role VP of Data.",
                "It is best for “VP Eng.” (VP of Engineering), a wider or narrower form of your role CTO.",
                "It is best for “CIO”, a role close to yours, CTO.",
                "You follow its topic RAG.",
                "The editor chose it for this edition.",
                "The editor put it first in this edition.",
                "It is one of the leading articles of this edition: you have not chosen any roles yet.",
            ],
            reasons.Select(ReasonText.Sentence));
    }

    [Fact]
    public void The_line_of_a_mail_names_roles_and_topics_once()
    {
        Assert.Equal("Chosen for: CTO, RAG", ReasonText.ShortLine(
            [new("role") { Role = "CTO" }, new("form") { Role = "CTO", ItemRole = "CIO" }, new("topic") { Topic = "RAG" }]));
        Assert.Equal("Editor's pick · Chosen for: CTO", ReasonText.ShortLine([Reason.Pick, new("role") { Role = "CTO" }]));
        Assert.Equal("Editor's lead item · Close to your role: CTO", ReasonText.ShortLine([Reason.Lead, new("near") { Role = "CTO", ItemRole = "CIO" }]));
        Assert.Equal("Leading item: no roles chosen yet", ReasonText.ShortLine([Reason.Leading]));
    }

    /// <summary>As versions wrote them that stored sentences.</summary>
    [Fact]
    public void Rows_of_earlier_versions_are_told_as_they_were_stored()
    {
        var stored = Reason.Parse(
            """
            [{"kind":"pick","text":"editor's pick","forWhom":null},
             {"kind":"role","text":"role: CTO = \"CTO\" in Best for","forWhom":"CTO"},
             {"kind":"topic","text":"topic followed: RAG","forWhom":"RAG"},
             {"kind":"near","text":"close to your role: VP – Data – CIO = \"CIO\" in Best for","forWhom":null}]
            """);
        Assert.Equal(
            ["editor's pick", "role: CTO = \"CTO\" in Best for", "topic followed: RAG", "close to your role: VP – Data – CIO = \"CIO\" in Best for"],
            stored.Select(ReasonText.Sentence));
        Assert.Equal(["CTO", "RAG"], stored.Select(reason => reason.ForWhom).OfType<string>());
        Assert.Equal("Editor's pick · Chosen for: CTO, RAG · Close to your role: VP", ReasonText.ShortLine(stored));
    }
}
