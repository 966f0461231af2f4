using Dapper;
using Microsoft.Extensions.Time.Testing;
using Newsletter.Roles;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Roles;

public sealed class LabelStoreTests : IClassFixture<TestDatabase>
{
    private readonly TestDatabase database;
    private readonly FakeTimeProvider clock = new();
    private readonly TaxonomyStore taxonomy;
    private readonly LabelStore labels;

    public LabelStoreTests(TestDatabase database)
    {
        this.database = database;
        taxonomy = new(database.DataSource, clock);
        labels = new(database.DataSource, taxonomy, new(database.DataSource, clock), clock);
    }

    private async Task<IReadOnlyList<int>> RecordAsync(params string[] texts)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await labels.RecordAsync(connection, null, texts);
    }

    private async Task<string[]> RolesOfAsync(int label)
    {
        var known = await taxonomy.LoadAsync();
        var slugs = known.Roles.ToDictionary(r => r.Id, r => r.Slug);
        return (await labels.RolesByLabelAsync()).TryGetValue(label, out var ids) ? [.. ids.Select(id => slugs[id]).Order()] : [];
    }

    private async Task<int> CarryAsync(params int[] ids)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, label_ids, created_at)
            values (@key, @key, 'confirmed', @ids, now())
            """, new { key = $"{Guid.NewGuid()}@example.com", ids });
    }

    [Fact]
    public async Task Labels_are_kept_once_resolved_and_given_back_in_order()
    {
        await taxonomy.SeedAsync();
        var first = await RecordAsync("VP of Engineering/Data", "CTO", "Llama Groomer", "C.T.O.");
        var second = await RecordAsync("ctos", "vp of engineering / data");

        Assert.Equal(first[1], first[3]);
        Assert.Equal([first[1], first[0]], second);
        Assert.Equal(["vp-of-data", "vp-of-engineering"], await RolesOfAsync(first[0]));
        Assert.Equal(["cto"], await RolesOfAsync(first[1]));
        Assert.Empty(await RolesOfAsync(first[2]));
    }

    [Fact]
    public async Task Unknown_labels_wait_in_the_review_queue_with_counts_until_taught()
    {
        var ids = await RecordAsync("Senior Alpaca Whisperer", "Data Engineer Zorbing", "Never Carried Zorber");
        await CarryAsync(ids[0], ids[1]);
        await CarryAsync(ids[0]);

        var waiting = (await labels.ReviewAsync(100)).Labels.Where(l => ids.Contains(l.Id)).ToList();
        Assert.Equal(["Senior Alpaca Whisperer", "Data Engineer Zorbing"], waiting.Select(l => l.Text));
        Assert.Equal([2, 1], waiting.Select(l => l.Subscribers));
        Assert.Equal("data-engineer", waiting[1].Suggestions[0].Slug);

        await labels.TeachAsync("senior alpaca whisperers", ["founder", "investor"], "test");
        Assert.Equal(["founder", "investor"], await RolesOfAsync(ids[0]));
        Assert.DoesNotContain((await labels.ReviewAsync(100)).Labels, l => l.Id == ids[0]);

        Assert.Equal(1, (await labels.ReviewAsync(100)).Labels.Count(l => ids.Contains(l.Id)));
    }

    [Fact]
    public async Task Of_a_long_review_queue_those_come_that_most_carry_and_the_rest_is_counted()
    {
        var ids = await RecordAsync([.. Enumerable.Range(0, 30).Select(i => $"Queue Zorber number {i}")]);
        await CarryAsync([.. ids]);
        await CarryAsync(ids[7]);
        await CarryAsync(ids[7]);

        var queue = await labels.ReviewAsync(5);

        Assert.Equal(5, queue.Labels.Count);
        Assert.Equal(ids[7], queue.Labels[0].Id);
        Assert.InRange(queue.Waiting, 30, 60);
    }

    [Fact]
    public async Task What_was_taught_is_taken_back_before_it_is_taught_otherwise()
    {
        var ids = await RecordAsync("Quartz Warden", "Senior Quartz Warden", "Sr. Data Engineer (Quartz)");
        Assert.Equal(["data-engineer"], await RolesOfAsync(ids[2]));
        await labels.TeachAsync("Quartz Warden", ["designer"], "test");
        await labels.TeachAsync("Sr. Data Engineer (Quartz)", ["founder"], "test");
        Assert.Equal(["designer"], await RolesOfAsync(ids[1]));
        Assert.Equal(["founder"], await RolesOfAsync(ids[2]));

        var refusal = await Assert.ThrowsAsync<Refusal>(() => labels.TeachAsync("quartz wardens", ["investor"], "test"));
        Assert.Equal(RefusalKind.Conflict, refusal.Kind);
        Assert.Contains("already means designer: an editor taught it; remove this with 'newsletter roles unteach'", refusal.Message);
        Assert.Equal(["designer"], await RolesOfAsync(ids[0]));
        Assert.Single(await labels.TeachAsync("Quartz Warden", ["designer"], "test"));

        await labels.UnteachAsync("QUARTZ WARDENS", "test");
        await labels.UnteachAsync("Sr. Data Engineer (Quartz)", "test");
        Assert.Empty(await RolesOfAsync(ids[0]));
        Assert.Empty(await RolesOfAsync(ids[1]));
        Assert.Equal(["data-engineer"], await RolesOfAsync(ids[2]));
        await labels.TeachAsync("Quartz Warden", ["investor"], "test");
        Assert.Equal(["investor"], await RolesOfAsync(ids[1]));
    }

    [Theory]
    [InlineData("Never Taught Zorber")]
    [InlineData("CTO")]
    [InlineData("Sr. ML Engineer")]
    public async Task What_nobody_taught_is_not_taken_back(string label)
    {
        await taxonomy.SeedAsync();
        var ids = await RecordAsync(label);
        var before = await RolesOfAsync(ids[0]);

        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => labels.UnteachAsync(label, "test"))).Kind);

        Assert.Equal(before, await RolesOfAsync(ids[0]));
    }

    [Fact]
    public async Task Teaching_knows_what_the_taxonomy_says_and_which_roles_there_are()
    {
        await taxonomy.SeedAsync();

        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => labels.TeachAsync("PMs", ["project-manager"], "test"))).Kind);
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => labels.TeachAsync("Nurse", ["nurse"], "test"))).Kind);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => labels.TeachAsync("Nurse", [], "test"))).Kind);
        Assert.Single(await labels.TeachAsync("PM", ["product-manager"], "test"));
    }

    [Fact]
    public async Task What_was_taught_survives_seeding_and_is_understood_within_titles()
    {
        await labels.TeachAsync("Pixel Shepherd", ["designer"], "test");
        await taxonomy.SeedAsync();

        var ids = await RecordAsync("Pixel Shepherd", "Lead Pixel Shepherds");
        Assert.Equal(["designer"], await RolesOfAsync(ids[0]));
        Assert.Equal(["designer"], await RolesOfAsync(ids[1]));
    }

    [Fact]
    public async Task Titles_that_hold_a_taught_label_follow_it_also_when_it_is_taught_otherwise()
    {
        var ids = await RecordAsync("Senior Gizmo Warden", "Gizmo Warden, Payments", "Gizmology Warden");
        await labels.TeachAsync("Gizmo Warden", ["designer"], "test");
        Assert.Equal(["designer"], await RolesOfAsync(ids[0]));
        Assert.Equal(["designer"], await RolesOfAsync(ids[1]));
        Assert.Empty(await RolesOfAsync(ids[2]));

        await labels.UnteachAsync("Gizmo Warden", "test");
        await labels.TeachAsync("Gizmo Wardens", ["investor"], "test");
        Assert.Equal(["investor"], await RolesOfAsync(ids[0]));
    }

    [Fact]
    public async Task Many_imports_at_once_neither_double_a_label_nor_lock_each_other_up()
    {
        await taxonomy.SeedAsync();
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => $"Team {i} Data Engineer"), .. Enumerable.Range(0, 60).Select(i => $"Zorber of kind {i}")];

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var connection = await database.DataSource.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var mixed = texts.OrderBy(t => string.GetHashCode(t + i, StringComparison.Ordinal)).ToList();
            var ids = await labels.RecordAsync(connection, transaction, mixed);
            await transaction.CommitAsync();
            return mixed.Zip(ids).OrderBy(p => p.First, StringComparer.Ordinal).Select(p => p.Second).ToList();
        }));

        Assert.All(answers, ids => Assert.Equal(answers[0], ids));
        Assert.Equal(120, answers[0].Distinct().Count());
    }
}
