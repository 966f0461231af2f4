using Newsletter.Roles;

namespace Newsletter.Tests.Roles;

public sealed class TaxonomyTests
{
    private static readonly Taxonomy Known = TaxonomyParser.Read(TaxonomyFile.Embedded());

    private static Fit FitOf(string reader, string item) => Known.FitOf(Known.Get(reader).Id, Known.Get(item).Id);

    [Fact]
    public void There_are_at_least_60_roles_and_400_labels_and_no_nurse()
    {
        Assert.InRange(Known.Roles.Count, 60, 500);
        Assert.InRange(Known.Aliases.Count, 400, 5000);
        Assert.False(Known.Aliases.ContainsKey("nurse"));
    }

    [Fact]
    public void Every_domain_is_one_of_the_contracts() =>
        Assert.Empty(Known.Roles.SelectMany(r => r.Domains).Except(
            ("engineering infrastructure security data ai-ml research product design media education marketing sales "
                + "finance legal people operations general").Split(' ')));

    [Theory]
    [InlineData("cto", "cto", Fit.Same)]
    [InlineData("product-manager", "ai-product-manager", Fit.Narrower)]
    [InlineData("ai-product-manager", "product-manager", Fit.Broader)]
    [InlineData("software-engineer", "ml-engineer", Fit.Narrower)]
    [InlineData("mlops-engineer", "software-engineer", Fit.Broader)]
    [InlineData("ai-product-manager", "product-owner", Fit.None)]
    [InlineData("frontend-engineer", "backend-engineer", Fit.None)]
    [InlineData("vp-of-engineering", "vp-of-data", Fit.None)]
    [InlineData("cto", "vp-of-engineering", Fit.None)]
    public void A_readers_role_fits_the_same_or_a_form_of_it(string reader, string item, Fit fit) =>
        Assert.Equal(fit, FitOf(reader, item));

    [Fact]
    public void Affinity_is_symmetric_and_between_nothing_and_the_same()
    {
        foreach (var one in Known.Roles)
        {
            Assert.Equal(1, Known.AffinityOf(one.Id, one.Id));
            foreach (var other in Known.Roles.Where(r => r != one))
            {
                var near = Known.AffinityOf(one.Id, other.Id);
                Assert.InRange(near, 0, Affinity.Form);
                Assert.Equal(near, Known.AffinityOf(other.Id, one.Id));
                Assert.Equal(near == Affinity.Form, Known.Fits(one.Id, other.Id));
            }
        }
        Assert.Equal(0, Known.AffinityOf(1, 9999));
    }

    /// <summary>From near to far, seen from the first.</summary>
    [Theory]
    [InlineData("cto", "cto", "vp-of-engineering", "director-of-engineering", "software-engineer", "cfo", "marketer")]
    [InlineData("product-manager", "ai-product-manager", "product-lead", "ux-researcher", "accountant")]
    [InlineData(
        "backend-engineer", "software-engineer", "fullstack-engineer", "mobile-engineer", "engineering-manager", "vp-of-engineering",
        "security-analyst", "recruiter")]
    [InlineData("data-scientist", "ml-engineer", "director-of-data-science", "research-scientist", "lawyer")]
    [InlineData("tech-journalist", "journalist", "editor", "graphic-designer", "cfo")]
    public void Nearer_roles_have_the_greater_affinity(string mine, params string[] others)
    {
        var near = others.Select(other => Known.AffinityOf(Known.Get(mine).Id, Known.Get(other).Id)).ToList();

        Assert.Equal(near.OrderDescending(), near);
        Assert.Equal(near.Count, near.Distinct().Count());
        Assert.Equal(0, near[^1]);
    }

    [Fact]
    public void A_domain_in_common_outweighs_a_neighbouring_one_at_every_level()
    {
        var levels = Enum.GetValues<RoleLevel>();
        double Worst(string family, string domain) =>
            levels.Min(level => Affinity.Derived(Role(RoleLevel.Individual, "f", "data"), Role(level, family, domain)));
        double Best(string family, string domain) =>
            levels.Max(level => Affinity.Derived(Role(RoleLevel.Individual, "f", "data"), Role(level, family, domain)));

        Assert.True(Worst("f", "data") > Best("g", "ai-ml"));
        Assert.True(Worst("g", "data") > Best("g", "ai-ml"));
        Assert.True(Worst("g", "ai-ml") > 0);
        Assert.Equal(0, Best("g", "sales"));
        Assert.Equal(0, Affinity.Derived(Role(RoleLevel.Lead, "f", "general"), Role(RoleLevel.Lead, "g", "general")));

        static Role Role(RoleLevel level, string family, string domain) => new(1, "a", "A", level, [domain], family);
    }

    [Fact]
    public void A_neighbour_has_the_weight_that_the_file_gives_on_either_side_also_none()
    {
        var taxonomy = TaxonomyParser.Read(TaxonomyFile.Parse(
            """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":0.25,"c":0}},"""
            + """{"slug":"b","name":"Beta","level":"lead","domains":["sales"]},"""
            + """{"slug":"c","name":"Gamma","level":"lead","domains":["data"]}]}"""));

        Assert.Equal([0.25, 0], new[] { taxonomy.AffinityOf(2, 1), taxonomy.AffinityOf(1, 3) });
    }

    [Fact]
    public void A_family_follows_from_level_and_domain_unless_the_file_names_one()
    {
        Assert.Equal("executives", Known.Get("cto").Family);
        Assert.Equal("investors", Known.Get("investor").Family);
        Assert.All(Known.Roles, role => Assert.True(Known.Roles.Count(r => r.Family == role.Family) > 1, role.Slug));
        var file = TaxonomyFile.Parse("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["ai-ml"]}]}""");
        Assert.Equal("data-and-ai", TaxonomyParser.Read(file).Roles[0].Family);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("""{"roles":[]}""", "no roles")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"boss","domains":["data"]}]}""", "line 1")]
    [InlineData("""{"roles":[{"slug":"a","name":null,"level":"lead","domains":["data"]}]}""", "line 1")]
    [InlineData("""{"roles":[{"slug":"A b","name":"Alpha","level":"lead","domains":["data"]}]}""", "not a valid role slug")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":[]}]}""", "domain")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["b"]}]}""", "not a role of the taxonomy")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]},"""
        + """{"slug":"a","name":"Beta","level":"lead","domains":["data"]}]}""",
        "twice")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"],"aliases":["ALPHAS"]}]}""",
        "means both \"a\" and \"b\"")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["b"]},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"],"broader":["a"]}]}""",
        "cycle")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["a"]}]}""", "cycle")]
    [InlineData("""{"roles":[null]}""", "null entry")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["astrology"]}]}""", "\"a\" has the domain \"astrology\"")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"family":"No \n family"}]}""", "\"a\" has the family")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":0.5}}]}""", "\"a\" has the neighbour \"b\"")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"a":0.5}}]}""", "itself")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":1.5}},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"]}]}""",
        "between 0 and 1")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":-0.1}},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"]}]}""",
        "between 0 and 1")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":1e999}},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"]}]}""",
        "")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":0.5}},"""
        + """{"slug":"b","name":"Beta","level":"lead","domains":["data"],"neighbours":{"a":0.6}}]}""",
        "different weights")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"neighbours":{"b":0.5,"b":0.6}}]}""", "line 1")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"alias":["Beta"]}]}""", "the property is unknown")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":7,"domains":["data"]}]}""", "level")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]}],"version":0}""", "version")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]}],"version":2147483647}""", "from 1 to 1000000000")]
    [InlineData("{}", "line 1: 'roles' is missing.")]
    [InlineData(
        """{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]}],"labels":[{"label":"Beta","roles":["b"]}]}""",
        "\"Beta\" means \"b\"")]
    [InlineData("""{"roles":[{"slug":"a","name":"\ud800","level":"lead","domains":["data"]}]}""", "")]
    [InlineData("""{"roles":[{"slug":"a","name":"\u0000\u001b","level":"lead","domains":["data"]}]}""", "\"a\"")]
    [InlineData("""{"roles":[{"slug":"a\n","name":"Alpha","level":"lead","domains":["data"]}]}""", "not a valid role slug")]
    [InlineData("""{"roles":{"slug":"a"}}""", "line 1")]
    [InlineData("[[[[[[[[", "line 1")]
    [InlineData("\0\u001b[2J", "line 1")]
    public void A_taxonomy_that_contradicts_itself_is_refused(string json, string why)
    {
        var refusal = Assert.Throws<Refusal>(() => TaxonomyParser.Read(TaxonomyFile.Parse(json)));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Newsletter.", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Fact]
    public void A_label_of_10_kB_is_refused_with_its_role()
    {
        var label = new string('x', 10_000);
        var file = TaxonomyFile.Parse($$"""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"aliases":["{{label}}"]}]}""");

        Assert.Contains("In \"a\"", Assert.Throws<Refusal>(() => TaxonomyParser.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_many_labels_that_reading_them_takes_long_are_refused_at_once()
    {
        var entry = TaxonomyFile.Embedded().Roles[0];
        var file = new TaxonomyFile { Roles = [entry with { Aliases = [.. Enumerable.Range(0, 50_001).Select(i => $"label {i}")] }] };
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Contains("50,001 aliases and labels", Assert.Throws<Refusal>(() => TaxonomyParser.Read(file)).Message);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 500);
    }

    [Fact]
    public async Task A_file_of_100_MB_is_refused_without_being_read_to_its_end()
    {
        await using var huge = new FileStream("/dev/zero", FileMode.Open, FileAccess.Read);

        Assert.Contains("larger than", (await Assert.ThrowsAsync<Refusal>(() => TaxonomyFile.ReadAsync(huge))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused() =>
        Assert.Contains(
            "UTF-8",
            (await Assert.ThrowsAsync<Refusal>(() => TaxonomyFile.ReadAsync(new MemoryStream([0x7B, 0xFF, 0xC3])))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_file_says_the_same_after_writing_and_reading()
    {
        var file = TaxonomyFile.Embedded();

        Assert.Equal(file.ToJson(), TaxonomyFile.Parse(file.ToJson()).ToJson());
    }

    [Fact]
    public void A_role_that_is_not_there_is_not_found() =>
        Assert.Equal(RefusalKind.NotFound, Assert.Throws<Refusal>(() => Known.Get("nurse")).Kind);
}
