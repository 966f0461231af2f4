using Newsletter.Roles;

namespace Newsletter.Tests.Roles;

public sealed class LabelResolverTests
{
    private static readonly Taxonomy Known = TaxonomyParser.Read(TaxonomyFile.Embedded());
    private static readonly LabelResolver Resolver = new(Known);

    [Theory]
    [InlineData("CTO", "cto")]
    [InlineData("CTOs", "cto")]
    [InlineData("C.T.O.", "cto")]
    [InlineData("c.t.o", "cto")]
    [InlineData("Chief Technology Officer", "cto")]
    [InlineData("Chief Technology Officer (CTO)", "cto")]
    [InlineData("VP of Engineering/Data", "vp-of-engineering vp-of-data")]
    [InlineData("VPs of Engineering & Data and AI", "vp-of-engineering vp-of-data vp-of-ai")]
    [InlineData("VP of Engineering", "vp-of-engineering")]
    [InlineData("VPE", "vp-of-engineering")]
    [InlineData("Director of AI/ML", "director-of-ai")]
    [InlineData("AI/ML Directors", "director-of-ai")]
    [InlineData("Directors and VPs of Engineering", "director-of-engineering vp-of-engineering")]
    [InlineData("AI Engineer", "ai-engineer")]
    [InlineData("AI Product Manager", "ai-product-manager")]
    [InlineData("Tech Journalist", "tech-journalist")]
    [InlineData("PM", "product-manager")]
    [InlineData("PMs", "product-manager")]
    [InlineData("PO", "product-owner")]
    [InlineData("SRE", "sre")]
    [InlineData("MLE", "ml-engineer")]
    [InlineData("DS", "data-scientist")]
    [InlineData("EM", "engineering-manager")]
    [InlineData("CISO", "ciso")]
    [InlineData("CDO", "chief-data-officer")]
    [InlineData("CPO", "chief-product-officer")]
    [InlineData("Sr. ML Engineer", "ml-engineer")]
    [InlineData("Head of Data Science & Analytics", "director-of-data-science director-of-data")]
    [InlineData("AI/ML Engineers and Researchers", "ai-engineer ai-researcher")]
    [InlineData("Data Scientists and Engineers", "data-scientist data-engineer")]
    [InlineData("Data and AI Engineers", "data-engineer ai-engineer")]
    [InlineData("Software Engineers (backend)", "backend-engineer")]
    [InlineData("Principal Machine Learning Scientist, Search", "ai-researcher")]
    [InlineData("Sales & Marketing Directors", "director-of-sales director-of-marketing")]
    [InlineData("Head of SRE", "director-of-infrastructure")]
    [InlineData("ＣＴＯ", "cto")]
    [InlineData("Entwickler:innen", "software-engineer")]
    [InlineData("Ph.D. Student", "phd-student")]
    [InlineData("Chief Information & Technology Officer", "cio cto")]
    [InlineData("Enginering Manager", "engineering-manager")]
    public void A_label_is_understood(string label, string roles) =>
        Assert.Equal(roles, string.Join(' ', Resolver.Resolve(label).Roles.Select(r => r.Slug)));

    [Fact]
    public void The_sample_items_line_resolves_whole()
    {
        var labels = RoleLabel.Split("CTO, VP of Engineering/Data, Director of AI/ML, AI Engineer, AI Product Manager, Tech Journalist");

        Assert.Equal([1, 2, 1, 1, 1, 1], labels.Select(l => Resolver.Resolve(l).Roles.Count));
        Assert.All(labels, l => Assert.Equal(1, Resolver.Resolve(l).Confidence));
    }

    [Theory]
    [InlineData("Nurse")]
    [InlineData("Chef")]
    [InlineData("Dental Director")]
    [InlineData("Director")]
    [InlineData("Data Entry Clerk")]
    [InlineData("Inventor")]
    [InlineData("Waiter")]
    [InlineData("Former CTO")]
    [InlineData("Executive Assistant to the CTO")]
    [InlineData("VP of Engineering Zorbing")]
    [InlineData("🚀")]
    [InlineData("护士")]
    [InlineData(" / & , ")]
    public void Nothing_is_claimed_where_nothing_is_known(string label)
    {
        var resolution = Resolver.Resolve(label);

        Assert.Empty(resolution.Roles);
        Assert.InRange(resolution.Confidence, 0, LabelResolver.Confident - 0.01);
    }

    [Fact]
    public void A_word_not_understood_lowers_the_confidence()
    {
        Assert.Equal(1, Resolver.Resolve("Senior Data Engineer").Confidence);
        Assert.InRange(Resolver.Resolve("Zorbing Data Engineer").Confidence, LabelResolver.Confident, 0.99);
        Assert.InRange(Resolver.Resolve("Data Engineer Zorbing").Confidence, 0, LabelResolver.Confident - 0.01);
    }

    [Fact]
    public void What_is_not_understood_gets_suggestions_best_first()
    {
        Assert.Equal("data-engineer", Resolver.Resolve("Data Engineer Zorbing").Suggestions[0].Slug);
        Assert.Contains("vp-of-engineering", Resolver.Resolve("VP of Engineering Zorbing").Suggestions.Select(r => r.Slug));
        Assert.InRange(Resolver.Resolve("Engineering").Suggestions.Count, 1, 3);
    }

    [Fact]
    public void Every_role_is_found_by_its_name_and_every_alias_by_itself() =>
        Assert.All(Known.Aliases, a => Assert.Equal(a.Value, Resolver.Resolve(a.Key).Roles));

    [Fact]
    public void A_label_taught_by_an_editor_is_understood_within_titles_too()
    {
        var qa = Known.Get("qa-engineer");
        var taught = new Taxonomy(1, Known.Roles,
            new Dictionary<string, IReadOnlyList<Role>>(Known.Aliases) { [RoleLabel.Normalise("Bug Wrangler")] = [qa] }, Known.Forms, Known.Neighbours);

        Assert.Equal([qa], new LabelResolver(taught).Resolve("Senior Bug Wranglers").Roles);
        Assert.Empty(Resolver.Resolve("Senior Bug Wranglers").Roles);
    }

    [Theory]
    [InlineData("For AI/ML Directors evaluating organizational strategy, LeCun's departure underscores …", "AI/ML Directors")]
    [InlineData("for CTOs, this is one more reason to wait.", "CTOs")]
    [InlineData("For VPs of Engineering and Data weighing costs: wait.", "VPs of Engineering and Data")]
    [InlineData("  For Senior Product Managers in AI, the lesson is clear.", "Senior Product Managers in AI")]
    [InlineData("For years, AI engineers have waited.", null)]
    [InlineData("For the CTO", "the CTO")]
    [InlineData("For Nurses in training, …", null)]
    [InlineData("Forget CTOs.", null)]
    [InlineData("For ", null)]
    [InlineData("", null)]
    public void The_key_takeaway_names_whom_it_is_addressed_to(string takeaway, string? label) =>
        Assert.Equal(label, Resolver.AddressedTo(takeaway));

    [Theory]
    [InlineData("SVP, Chief Data Officer", "chief-data-officer")]
    [InlineData("EVP CFO", "cfo")]
    [InlineData("VP & COO", "coo")]
    [InlineData("Dir. of Eng", "director-of-engineering")]
    [InlineData("Security Eng", "security-engineer")]
    [InlineData("Sr Eng Mgr", "engineering-manager")]
    [InlineData("SRE/Backend", "sre backend-engineer")]
    [InlineData("CFO and data", "cfo")]
    [InlineData("Senior Group Product Manager", "product-lead")]
    [InlineData("Senior Chief of Staff", "operations-manager")]
    [InlineData("Associate", "")]
    public void Ranks_and_short_forms_are_read_by_what_stands_beside_them(string title, string slugs) =>
        Assert.Equal(slugs, string.Join(' ', Resolver.Resolve(title).Roles.Select(r => r.Slug)));

    /// <summary>The rule that the class Taxonomy states: the most common meaning among these readers, or none.</summary>
    [Theory]
    [InlineData("PM", "product-manager")]
    [InlineData("PO", "product-owner")]
    [InlineData("DS", "data-scientist")]
    [InlineData("CDO", "chief-data-officer")]
    [InlineData("CPO", "chief-product-officer")]
    [InlineData("EM", "engineering-manager")]
    [InlineData("SRE", "sre")]
    [InlineData("MLE", "ml-engineer")]
    [InlineData("DPO", "compliance-officer")]
    [InlineData("SA", null)]
    [InlineData("PA", null)]
    [InlineData("AM", null)]
    [InlineData("QA", "qa-engineer")]
    [InlineData("BA", "business-analyst")]
    public void An_abbreviation_with_several_meanings_has_the_one_of_the_rule_or_none(string label, string? slug)
    {
        var found = Resolver.Resolve(label);

        Assert.Equal(slug, found.Roles.SingleOrDefault()?.Slug);
        Assert.True(slug is not null || label == "PA" || found.Suggestions.Count > 0);
    }

    [Fact]
    public void Letters_that_grow_in_normal_form_do_not_hide_whom_a_takeaway_is_addressed_to() =>
        Assert.Equal("CTO", Resolver.AddressedTo("For CTO " + new string('\u0958', 180)));

    [Fact]
    public void Hostile_text_neither_throws_nor_hangs()
    {
        string[] hostile =
        [
            string.Join('/', Enumerable.Repeat("AI", 66)), string.Join(" & ", Enumerable.Repeat("x", 50)),
            string.Concat(Enumerable.Repeat("ml nlp ", 28)) + "lead", new string('(', 200), string.Concat(Enumerable.Repeat("in:in", 40)),
            "CTO\0\uD800", "‮OTC", "and", "of the", "@", "at", "--", "((((", "Engineer".PadRight(200, 's'),
        ];
        Assert.All(hostile, text =>
        {
            Resolver.Resolve(text);
            Resolver.AddressedTo("For " + text);
        });
        Assert.Throws<Refusal>(() => Resolver.Resolve(new string('x', 10_000)));
        Assert.Null(Resolver.AddressedTo("For " + new string('x', 1_000_000)));
    }
}
