using Newsletter.Database;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Planning;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>
/// A database of its own with readers and one edition, planned by the product, approved and to be sent at once. Each of
/// 200 topics has one article; a reader follows four of them, and gets those four and the two that come first for all.
/// </summary>
/// <param name="words">In the summary of each article.</param>
internal sealed class PlannedEdition(Cluster cluster, bool areOwn, int words)
{
    /// <summary>When readers share compositions.</summary>
    public const int SharedCompositions = 20;

    private const string Slug = "benchmark";

    /// <returns>Where it is, and the edition's number.</returns>
    /// <exception cref="Refusal">Invalid: the plan is not what this benchmark is about.</exception>
    public async Task<(string ConnectionString, long Edition)> PrepareAsync(int readers, CancellationToken cancel)
    {
        var name = FormattableString.Invariant($"sending_{readers}");
        var connectionString = cluster.ConnectionString(name);
        await cluster.CreateAsync(name, cancel);
        await new Migrations(connectionString).ApplyAsync(cancel);
        long edition;
        await using (var product = new Product(connectionString, TimeProvider.System, new Dictionary<string, string?>()))
        {
            await product.Get<TaxonomyStore>().SeedAsync(cancel);
            var audience = await Audience.ReadAsync(product.Database, cancel);
            await WriteArticlesAsync(product, audience, cancel);
            await WriteReadersAsync(product.Database, audience, readers, cancel);
            await product.Get<DigestStore>().CreateAsync(new Digest
            {
                Id = 0, Slug = Slug, Name = "The Benchmark", Timezone = "UTC", Lead = TimeSpan.FromHours(24),
                MinItems = 1, MaxItems = 6, CandidateDays = 90, Approval = "required",
            });
            var plan = await product.Get<EditionPlanning>().PlanAsync(Slug, cancel);
            Check(plan, readers);
            edition = plan.Edition;
            await product.Get<EditionSteps>().ApproveAsync(edition, null, "benchmark");
            await product.Get<EditionSteps>().SendAsync(edition, "benchmark");
            // Or autovacuum would do it while we measure.
            await product.ExecuteAsync("vacuum (analyze)", cancel);
            await product.ExecuteAsync("checkpoint", cancel);
        }
        NpgsqlConnection.ClearAllPools();
        return (connectionString, edition);
    }

    private async Task WriteArticlesAsync(Product product, Audience audience, CancellationToken cancel)
    {
        var now = product.Get<TimeProvider>().GetUtcNow();
        for (var i = 0; i < Audience.TopicCount; i++)
        {
            await product.Get<ItemStore>().SaveAsync(Prose.Item(i, told: true, words) with
            {
                Topics = [audience.Topics[i]],
                BestFor = [audience.Labels[0].Text],
                Publication = $"Journal {i}",
                PublishedAt = now,
            }, cancel);
        }
    }

    /// <summary>One topic of each fifty, so that different numbers are different readers.</summary>
    private async Task WriteReadersAsync(NpgsqlDataSource database, Audience audience, int readers, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            insert into subscribers (
                email, email_key, name, status, label_ids, topics, muted_topics, cadence, timezone, depth, consent, created_at, confirmed_at)
            select address, address, case when i % 3 = 0 then 'Reader ' || i end, 'confirmed', array[@label],
                   array[@topics[1 + k % 50], @topics[51 + k / 50 % 50], @topics[101 + k / 2500 % 50], @topics[151 + k / 125000 % 50]],
                   '{}', 'every', 'UTC', 'brief', 'benchmark', now(), now()
            from generate_series(0, @readers - 1) i, lateral (select i % @kinds as k, 'reader' || i || '@' || i % 1000 || '.example.org' as address) as of
            """);
        command.CommandTimeout = 0;
        command.Parameters.AddWithValue("label", audience.Labels[0].Id);
        command.Parameters.AddWithValue("topics", audience.Topics.ToArray());
        command.Parameters.AddWithValue("readers", readers);
        command.Parameters.AddWithValue("kinds", areOwn ? int.MaxValue : SharedCompositions);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private void Check(EditionPlan plan, int readers)
    {
        var compositions = areOwn ? readers : SharedCompositions;
        if (plan.Deliveries != readers || plan.Compositions != compositions)
        {
            throw Refusal.Invalid($"The plan has {plan.Deliveries} deliveries of {plan.Compositions} compositions instead of {readers} of {compositions}.");
        }
    }
}
