using Dapper;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Roles;

public sealed class TaxonomyStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly FakeTimeProvider clock = new();

    private TaxonomyStore Store() => new(database.DataSource, clock);

    private static TaxonomyFile.Entry Entry(string slug, string name, string[] aliases, params string[] broader) =>
        new() { Slug = slug, Name = name, Level = RoleLevel.Individual, Domains = ["data"], Aliases = aliases, Broader = broader };

    private async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    private static string Facts(Role role) => $"{role.Slug} {role.Name} {role.Level} {string.Join(' ', role.Domains)}";

    [Fact]
    public async Task Seeding_at_once_and_again_gives_the_file_and_writes_nothing_more()
    {
        await database.ResetAsync(migrated: true, seeded: false);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Store().SeedAsync()));
        const string Newest =
            "select max(x) from (select max(xmin::text::bigint) x from roles union all select max(xmin::text::bigint) from labels "
            + "union all select max(xmin::text::bigint) from label_roles union all select max(xmin::text::bigint) from role_forms) s";
        var before = await AskAsync<long>(Newest);
        await Store().SeedAsync();

        Assert.Equal(before, await AskAsync<long>(Newest));
        var (loaded, file) = (await Store().LoadAsync(), TaxonomyParser.Read(TaxonomyFile.Embedded()));
        Assert.Superset(file.Roles.Select(Facts).ToHashSet(), loaded.Roles.Select(Facts).ToHashSet());
        Assert.Superset(file.Aliases.Keys.ToHashSet(), loaded.Aliases.Keys.ToHashSet());
        Assert.Equal(Fit.Narrower, loaded.FitOf(loaded.Get("software-engineer").Id, loaded.Get("ml-engineer").Id));
    }

    [Fact]
    public async Task Whoever_loads_first_seeds()
    {
        await database.ResetAsync(migrated: true, seeded: false);
        Assert.Equal(0, await AskAsync<long>("select count(*) from roles"));

        Assert.Equal(TaxonomyParser.Read(TaxonomyFile.Embedded()).Roles.Count, (await Store().LoadAsync()).Roles.Count);
    }

    [Fact]
    public async Task A_newer_taxonomy_reaches_labels_that_nobody_knew_and_takes_back_what_it_no_longer_says()
    {
        var store = Store();
        await store.SeedAsync();
        var labels = new LabelStore(database.DataSource, store, new(database.DataSource, clock), clock);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var ids = await labels.RecordAsync(connection, null, ["Zorbing Steward of Renown", "Senior Fnord Keeper"]);
        Assert.Empty((await labels.RolesByLabelAsync()).Keys.Intersect(ids));

        var file = TaxonomyFile.Embedded();
        await store.SeedAsync(file with { Roles = [.. file.Roles, Entry("fnord", "Fnord Keeper", ["Zorbing Steward of Renown"], "data-analyst")] });
        var fnord = (await store.LoadAsync()).Get("fnord");
        var roles = await labels.RolesByLabelAsync();
        Assert.All(ids, id => Assert.Equal([fnord.Id], roles[id]));

        await store.SeedAsync(file with { Roles = [.. file.Roles, Entry("fnord", "Fnord Keeper", [])] });
        Assert.DoesNotContain(ids[0], (await labels.RolesByLabelAsync()).Keys);
        Assert.Equal(Fit.None, (await store.LoadAsync()).FitOf(fnord.Id, (await store.LoadAsync()).Get("data-analyst").Id));
    }

    [Fact]
    public async Task A_file_that_contradicts_itself_changes_nothing()
    {
        await Store().SeedAsync();
        var before = await AskAsync<long>("select count(*) from labels");

        await Assert.ThrowsAsync<Refusal>(() => Store().SeedAsync(new TaxonomyFile { Roles = [Entry("a", "Alpha", ["Beta"]), Entry("b", "Beta", [])] }));
        Assert.Equal(before, await AskAsync<long>("select count(*) from labels"));
    }

    [Fact]
    public async Task What_another_process_taught_is_known_after_a_while()
    {
        var here = Store();
        await here.ResolverAsync();
        await new LabelStore(database.DataSource, Store(), new(database.DataSource, clock), clock).TeachAsync("Quorl Tender", ["editor"], "test");

        Assert.Empty((await here.ResolverAsync()).Resolve("Quorl Tender").Roles);
        clock.Advance(TaxonomyStore.Fresh);
        Assert.Equal("editor", Assert.Single((await here.ResolverAsync()).Resolve("Quorl Tender").Roles).Slug);
    }
}
