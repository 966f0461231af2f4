using Newsletter.Targeting;

namespace Newsletter.Tests.Targeting;

public sealed class TaxonomyTests
{
    private static readonly Taxonomy Known = Taxonomy.From(TaxonomyFile.Embedded());

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
            "engineering infrastructure security data ai-ml research product design media education marketing sales finance legal people operations general".Split(' ')));

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

    [Theory]
    [InlineData("", "empty")]
    [InlineData("""{"roles":[]}""", "no roles")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"boss","domains":["data"]}]}""", "line 1")]
    [InlineData("""{"roles":[{"slug":"a","name":null,"level":"lead","domains":["data"]}]}""", "line 1")]
    [InlineData("""{"roles":[{"slug":"A b","name":"Alpha","level":"lead","domains":["data"]}]}""", "no role slug")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":[]}]}""", "domain")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["b"]}]}""", "no role of the taxonomy")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]},{"slug":"a","name":"Beta","level":"lead","domains":["data"]}]}""", "twice")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"]},{"slug":"b","name":"Beta","level":"lead","domains":["data"],"aliases":["ALPHAS"]}]}""", "means both \"a\" and \"b\"")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["b"]},{"slug":"b","name":"Beta","level":"lead","domains":["data"],"broader":["a"]}]}""", "circle")]
    [InlineData("""{"roles":[{"slug":"a","name":"Alpha","level":"lead","domains":["data"],"broader":["a"]}]}""", "circle")]
    [InlineData("""{"roles":[null]}""", "")]
    public void A_taxonomy_that_contradicts_itself_is_refused(string json, string why)
    {
        var refusal = Assert.Throws<Refusal>(() => Taxonomy.From(TaxonomyFile.Parse(json)));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

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
