using Dapper;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Database;
using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Roles;

public sealed class TaxonomyImportTests : IAsyncLifetime
{
    private readonly Installed here = new();
    private readonly Installed elsewhere = new();

    /// <summary>One installation's taxonomy.</summary>
    private sealed class Installed
    {
        public TestDatabase Database { get; } = new();

        public TaxonomyStore Store { get; private set; } = null!;

        public TaxonomyImport Import { get; private set; } = null!;

        public LabelStore Labels { get; private set; } = null!;

        public AuditStore Audit { get; private set; } = null!;

        public async Task StartAsync()
        {
            await Database.InitializeAsync();
            var clock = new FakeTimeProvider();
            Audit = new(Database.DataSource, clock);
            Store = new(Database.DataSource, clock);
            Import = new(Database.DataSource, Store, Audit, clock);
            Labels = new(Database.DataSource, Store, Audit, clock);
            await Store.SeedAsync();
        }

        public async Task<IReadOnlyList<int>> RecordAsync(params string[] texts)
        {
            await using var connection = await Database.DataSource.OpenConnectionAsync();
            return await Labels.RecordAsync(connection, null, texts);
        }

        /// <summary>Slugs of what a label means, as those see it that carry it.</summary>
        public async Task<string> MeaningAsync(int label)
        {
            var slugs = (await Store.LoadAsync()).Roles.ToDictionary(r => r.Id, r => r.Slug);
            return string.Join(' ', (await Labels.RolesByLabelAsync()).GetValueOrDefault(label, []).Select(id => slugs[id]).Order());
        }

        /// <summary>Every row that an import or a seeding may touch.</summary>
        public async Task<string> RowsAsync()
        {
            await using var connection = await Database.DataSource.OpenConnectionAsync();
            return (await connection.ExecuteScalarAsync<string>(
                """
                select string_agg(x, e'\n' order by x) from (
                    select r::text x from roles r union all select f::text from role_forms f union all select n::text from role_neighbours n
                    union all select l::text from labels l union all select lr::text from label_roles lr union all select v::text from taxonomy_version v) s
                """))!;
        }
    }

    public async Task InitializeAsync()
    {
        await here.StartAsync();
        await elsewhere.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await here.Database.DisposeAsync();
        await elsewhere.Database.DisposeAsync();
    }

    private static TaxonomyFile Changed(TaxonomyFile file, string slug, Func<TaxonomyFile.Entry, TaxonomyFile.Entry> change) =>
        file with { Roles = [.. file.Roles.Select(r => r.Slug == slug ? change(r) : r)] };

    private static TaxonomyFile Part(string roles) => TaxonomyFile.Parse($$"""{"roles":[{{roles}}]}""");

    private const string Whisperer =
        """{"slug":"model-whisperer","name":"Model Whisperer","level":"individual","domains":["ai-ml"],"broader":["ai-engineer"]"""
        + ""","neighbours":{"cto":0.4},"aliases":["Weights Murmurer"]}""";

    [Fact]
    public async Task What_is_exported_gives_a_fresh_database_the_same_taxonomy()
    {
        await here.Labels.TeachAsync("Pixel Shepherd", ["designer"], "test");
        await here.Labels.TeachAsync("Founding Everything", ["cto", "product-lead"], "test");
        await here.Import.RunAsync(Part(Whisperer), "test");
        var file = await here.Store.ExportAsync();
        await here.Import.RunAsync(
            Changed(Changed(file, "cto", r => r with { Family = "bosses", Aliases = [.. r.Aliases.Where(a => a != "Technischer Geschäftsführer")] }),
                "devops-engineer", r => r with { Broader = [], Neighbours = new Dictionary<string, double> { ["sre"] = 0.1 } }), "test");

        var exported = (await here.Store.ExportAsync()).ToJson();
        await elsewhere.Import.RunAsync(TaxonomyFile.Parse(exported), "test");

        Assert.Equal(exported, (await elsewhere.Store.ExportAsync()).ToJson());
        Assert.Contains("Founding Everything", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("Technischer Geschäftsführer", exported, StringComparison.Ordinal);
        var taxonomy = await elsewhere.Store.LoadAsync();
        Assert.Equal(0.1, taxonomy.AffinityOf(taxonomy.Get("sre").Id, taxonomy.Get("devops-engineer").Id));
    }

    [Fact]
    public async Task Importing_what_is_there_changes_nothing()
    {
        var before = await here.RowsAsync();
        var change = await here.Import.RunAsync(await here.Store.ExportAsync(), "test");

        Assert.Equal((0, 0, TaxonomyFile.Embedded().Version), (change.Added.Count, change.Changed.Count, change.Version));
        Assert.Equal(before, await here.RowsAsync());
        Assert.Empty(await here.Audit.LatestAsync(9));
    }

    [Fact]
    public async Task An_import_says_what_changed_and_is_in_the_audit_log()
    {
        var file = Changed(
            TaxonomyFile.Embedded(), "cto",
            r => r with { Name = "Tech Boss", Aliases = ["CTO", "Chief Technology Officer", "Wizard in Chief"] });
        var change = await here.Import.RunAsync(file with { Roles = [.. file.Roles, .. Part(Whisperer).Roles] }, "ada@example.com");

        // The neighbour of what is new has another neighbour now.
        Assert.Equal(
            (TaxonomyFile.Embedded().Version + 1, ["model-whisperer"], ["cto"]),
            (change.Version, change.Added, change.Changed),
            (a, b) => a.Item1 == b.Item1 && a.Item2.SequenceEqual(b.Item2) && a.Item3.SequenceEqual(b.Item3));
        Assert.Equal(["Model Whisperer", "Tech Boss", "Weights Murmurer", "Wizard in Chief"], change.Labels.Added.Select(l => l.Text).Order());
        Assert.Contains(change.Labels.Removed, l => l.Normal == "directeur technique");
        var entry = Assert.Single(await here.Audit.LatestAsync(9));
        Assert.Equal(("ada@example.com", "taxonomy imported"), (entry.Actor, entry.Action));
    }

    [Fact]
    public async Task Seeding_at_the_next_start_does_not_undo_an_import()
    {
        var file = Changed(await here.Store.ExportAsync(), "cto", r => r with { Name = "Tech Boss", Level = RoleLevel.Vp, Aliases = ["CTO"] });
        file = Changed(file, "ai-product-manager", r => r with { Broader = [] });
        file = Changed(file, "devops-engineer", r => r with { Neighbours = new Dictionary<string, double>() });
        await here.Import.RunAsync(file, "test");
        var imported = await here.RowsAsync();

        await here.Store.SeedAsync();
        Assert.Equal(imported, await here.RowsAsync());

        // A newer program: it still adds what is new and updates what nobody edited.
        var newer = Changed(TaxonomyFile.Embedded(), "ciso", r => r with { Name = "Security Chief" });
        newer = Changed(newer, "cto", r => r with { Aliases = [.. r.Aliases, "Techmeister"] });
        await here.Store.SeedAsync(newer with { Version = 9, Roles = [.. newer.Roles, .. Part(Whisperer).Roles] });
        var taxonomy = await here.Store.LoadAsync();
        Assert.Equal(
            ("Tech Boss", RoleLevel.Vp, "Security Chief", 9),
            (taxonomy.Get("cto").Name, taxonomy.Get("cto").Level, taxonomy.Get("ciso").Name, taxonomy.Version));
        Assert.DoesNotContain("techmeister", taxonomy.Aliases.Keys);
        Assert.True(taxonomy.IsForm(taxonomy.Get("model-whisperer").Id, taxonomy.Get("ai-engineer").Id));
    }

    [Fact]
    public async Task A_newer_program_whose_forms_would_run_in_a_circle_with_an_editors_leaves_those_out()
    {
        await here.Import.RunAsync(Changed(await here.Store.ExportAsync(), "designer", r => r with { Broader = ["editor"] }), "test");
        await here.Store.SeedAsync(Changed(TaxonomyFile.Embedded(), "editor", r => r with { Broader = ["ux-designer", "journalist"] }));

        var taxonomy = await here.Store.LoadAsync();
        int Id(string slug) => taxonomy.Get(slug).Id;
        Assert.Equal((true, false, true),
            (taxonomy.IsForm(Id("ux-designer"), Id("editor")), taxonomy.IsForm(Id("editor"), Id("ux-designer")),
                taxonomy.IsForm(Id("editor"), Id("journalist"))));
    }

    [Fact]
    public async Task Labels_of_items_already_there_follow_an_import()
    {
        var ids = await here.RecordAsync("Weights Murmurer", "Senior Weights Murmurer", "CTO", "Group CTO", "Directeur technique");
        Assert.Equal(["", "", "cto", "cto", "cto"], await Task.WhenAll(ids.Select(here.MeaningAsync)));

        var file = await here.Store.ExportAsync();
        file = Changed(Changed(file, "cto", r => r with { Name = "Tech Boss", Aliases = [] }), "cio", r => r with { Aliases = [.. r.Aliases, "CTO"] });
        await here.Import.RunAsync(file with { Roles = [.. file.Roles, .. Part(Whisperer).Roles] }, "test");

        Assert.Equal(["model-whisperer", "model-whisperer", "cio", "cio"], (await Task.WhenAll(ids.Select(here.MeaningAsync)))[..4]);
        Assert.DoesNotContain("cto", await here.MeaningAsync(ids[4]));
    }

    [Theory]
    [InlineData("""{"slug":"x","name":"Xylo","level":"lead","domains":["data"],"aliases":["PM"]}""", "means both \"product-manager\" and \"x\"")]
    [InlineData("""{"slug":"product-manager","name":"Product Manager","level":"individual","domains":["product"],"broader":["ai-product-manager"]}""", "cycle")]
    [InlineData("""{"slug":"x","name":"Xylo","level":"lead","domains":["data"],"neighbours":{"nobody":0.5}}""", "\"nobody\"")]
    [InlineData("""{"slug":"x","name":"Xylo","level":"lead","domains":["data"]},{"slug":"x","name":"Yell","level":"lead","domains":["data"]}""", "twice")]
    [InlineData(
        """{"slug":"x","name":"Founding Everything","level":"lead","domains":["data"],"aliases":["Founding Everything", "Pixel Shepherd"]}""",
        "means both")]
    [InlineData("", "no roles")]
    public async Task What_contradicts_itself_or_what_is_there_is_refused_and_nothing_changes(string roles, string why)
    {
        await here.Labels.TeachAsync("Pixel Shepherd", ["designer"], "test");
        await here.Labels.TeachAsync("Founding Everything", ["cto", "product-lead"], "test");
        var before = await here.RowsAsync();

        var refusal = await Assert.ThrowsAsync<Refusal>(() => here.Import.RunAsync(Part(roles), "test"));

        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await here.RowsAsync());
    }

    [Fact]
    public async Task Imports_seedings_and_lessons_at_once_wait_for_each_other()
    {
        var file = await here.Store.ExportAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => (i % 3) switch
        {
            0 => here.Store.SeedAsync(),
            1 => here.Labels.TeachAsync($"Zorber {i}", ["cto"], "test"),
            _ => (Task)here.Import.RunAsync(Part($$"""{"slug":"role-{{i}}","name":"Quorl {{i}}","level":"lead","domains":["data"]}"""), "test"),
        })));

        var after = await here.Store.ExportAsync();
        Assert.Equal((file.Roles.Count + 4, file.Version + 8), (after.Roles.Count, after.Version));
    }
}
