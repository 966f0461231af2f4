using System.Text.Json;
using Dapper;
using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Membership;
using Newsletter.Newsroom;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Newsroom;

public sealed class SimulationTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Simulating_foretells_the_plan_and_stores_nothing()
    {
        await HouseholdAsync();
        await house.SendAsync();
        house.Time.Advance(TimeSpan.FromDays(7));
        await house.ArticleAsync("CTO");
        var popular = await house.ArticleAsync("CTO", "Product Manager");
        await house.ReaderAsync("late@example.com", "CTO");
        var before = await RowsAsync();

        var simulated = await SimulateAsync();

        Assert.Equal(before, await RowsAsync());
        Assert.Null(simulated.Edition);
        var plan = await house.PlanAsync();
        Assert.Equal(
            (plan.Subscribers, plan.Deliveries, plan.Empty, plan.Cohorts, plan.Compositions),
            (simulated.Subscribers, simulated.Deliveries, simulated.Empty, simulated.Cohorts, simulated.Compositions));
        Assert.Equal(await ItemsAsync(plan.Edition), Counts(simulated.Items));
        var top = simulated.TopItems.Single(i => i.Id == popular);
        Assert.Equal(plan.Deliveries, top.Readers);
        Assert.Equal(plan.Deliveries, simulated.Hours.Sum());
        Assert.Equal(plan.Deliveries, simulated.Hours[house.Time.GetUtcNow().Hour]);
    }

    [Fact]
    public async Task Who_gets_nothing_is_said_with_the_reason_and_which_role_lacks_items()
    {
        await HouseholdAsync();

        var simulated = await SimulateAsync();

        Assert.Equal((3, 2, 1), (simulated.Subscribers, simulated.Deliveries, simulated.Empty));
        Assert.Equal([("nothing_fits", 1)], simulated.Nothing.Select(n => (n.Reason, n.Readers)));
        Assert.Equal([("journalist", 1, 1, 0)], simulated.Lacking.Select(l => (l.Role, l.Readers, l.Below, l.Items)));
        var journalists = simulated.ByRole.Single(r => r.Role == "journalist");
        Assert.Equal((1, 1, 0, 0, 0), (journalists.Readers, journalists.None, journalists.One, journalists.Two, journalists.More));
        Assert.Equal(1, simulated.ByRole.Single(r => r.Role == "cto").Two);
        Assert.Null(simulated.ExpectedSeconds);
    }

    [Fact]
    public async Task Every_role_of_a_reader_counts_also_one_for_which_there_is_nothing()
    {
        await house.ArticleAsync("CTO");
        await house.ReaderAsync("both@example.com", "CTO", "Journalist");
        await house.ReaderAsync("none@example.com");
        await house.ReaderAsync("unknown@example.com", "Whisperer of dragons");
        await house.DigestAsync();

        var simulated = await SimulateAsync();

        Assert.Equal(
            [("cto", "0"), ("journalist", "0"), (null, "0"), (null, "1")],
            simulated.ByRole.OrderBy(r => r.Role is null).ThenBy(r => r.Role, StringComparer.Ordinal).ThenBy(r => r.None)
                .Select(r => (r.Role, r.None.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    [Fact]
    public async Task The_rate_of_the_edition_sent_last_says_how_long_sending_takes()
    {
        await HouseholdAsync();
        await house.SendAsync();
        house.Time.Advance(TimeSpan.FromDays(7));
        await house.ArticleAsync("CTO", "Product Manager");

        // Two mails in one second, by the clock of this house.
        Assert.Equal(1, (await SimulateAsync()).ExpectedSeconds);
    }

    [Fact]
    public async Task The_hand_in_the_unapproved_plan_counts()
    {
        var (first, second) = await HouseholdAsync();
        var edition = (await house.PlanAsync()).Edition;
        await house.Get<OverrideEditing>().AddAsync(edition, OverrideKind.Exclude, [first], null, "test");

        var simulated = await SimulateAsync();

        Assert.Equal(edition, simulated.Edition);
        Assert.Equal([second], simulated.TopItems.Select(i => i.Id));
    }

    [Fact]
    public async Task What_if_compares_every_reader_with_themselves()
    {
        var (first, _) = await HouseholdAsync();

        var without = await SimulateAsync(new WhatIf { Without = [first] });
        Assert.Equal((1, 2), (without.Deliveries, without.Empty));
        Assert.Equal((-1, 1, 0, 2), (without.Difference!.Deliveries, without.Difference.Empty, without.Difference.Gaining, without.Difference.Losing));
        Assert.Equal([("cto", 0, 1), ("product-manager", 0, 1)],
            without.Difference.ByRole.OrderBy(r => r.Role, StringComparer.Ordinal).Select(r => (r.Role, r.Gaining, r.Losing)));

        var one = await SimulateAsync(new WhatIf { Max = 1 });
        Assert.Equal((0, 0, 1, -1), (one.Difference!.Deliveries, one.Difference.Gaining, one.Difference.Losing, one.Difference.Items.Two));
    }

    [Fact]
    public async Task Widening_all_reaches_those_who_chose_nothing_else()
    {
        await house.ArticleAsync("VP of Engineering");
        await house.ReaderAsync("open@example.com", "CTO");
        await house.Get<AddSubscriber>().AddAsync(
            EmailAddress.Parse("strict@example.com"), new Preferences { Roles = ["CTO"], TooFew = "skip" }, confirmed: true, "test");
        await house.DigestAsync();

        var widened = await SimulateAsync(new WhatIf { Widen = true });

        Assert.Equal((1, 1), (widened.Deliveries, widened.Difference!.Gaining));
    }

    [Fact]
    public async Task Input_that_cannot_be_is_refused()
    {
        await house.DigestAsync(d => d with { MinItems = 2 });
        var old = await house.ArticleAsync("CTO");
        house.Time.Advance(TimeSpan.FromDays(40));

        await RefusedAsync(RefusalKind.NotFound, () => house.Get<Simulation>().RunAsync("none", new WhatIf()));
        await RefusedAsync(RefusalKind.NotFound, () => SimulateAsync(new WhatIf { Without = [old + 1] }));
        await RefusedAsync(RefusalKind.Invalid, () => SimulateAsync(new WhatIf { Without = [old] }));
        await RefusedAsync(RefusalKind.Invalid, () => SimulateAsync(new WhatIf { Max = 1 }));
        await RefusedAsync(RefusalKind.Invalid, () => SimulateAsync(new WhatIf { Max = 51 }));
        await RefusedAsync(RefusalKind.Invalid, () => SimulateAsync(new WhatIf { Max = 65_538 }));
    }

    [Fact]
    public async Task Counts_have_the_names_that_scripts_read()
    {
        await HouseholdAsync();

        var json = JsonSerializer.SerializeToElement(await SimulateAsync(), JsonSerializerOptions.Web);

        var cto = json.GetProperty("byRole").EnumerateArray().Single(r => r.GetProperty("role").GetString() == "cto");
        Assert.Equal(["0", "1", "2", "3+", "name", "readers", "role"], cto.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), (cto.GetProperty("2").GetInt32(), json.GetProperty("items").GetProperty("0").GetInt32()));
        Assert.Equal(24, json.GetProperty("hours").GetArrayLength());
        Assert.False(json.TryGetProperty("difference", out _));
    }

    /// <summary>A CTO for whom there are two items, a product manager for whom there is one of them, a journalist.</summary>
    private async Task<(long First, long Second)> HouseholdAsync()
    {
        var first = await house.ArticleAsync("CTO", "Product Manager");
        var second = await house.ArticleAsync("CTO");
        await house.ReaderAsync("cto@example.com", "CTO");
        await house.ReaderAsync("pm@example.com", "Product Manager");
        await house.ReaderAsync("press@example.com", "Journalist");
        await house.DigestAsync();
        return (first, second);
    }

    private Task<SimulationResult> SimulateAsync(WhatIf? whatIf = null) => house.Get<Simulation>().RunAsync(TestProduct.Digest, whatIf ?? new WhatIf());

    private static (int None, int One, int Two, int More) Counts(ItemCounts counts) => (counts.None, counts.One, counts.Two, counts.More);

    private async Task<(int None, int One, int Two, int More)> ItemsAsync(long edition)
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        var numbers = (await connection.QueryAsync<int>(
            "select coalesce(length(choices) / 3, 0) from deliveries where edition_id = @edition", new { edition })).ToList();
        return (numbers.Count(n => n == 0), numbers.Count(n => n == 1), numbers.Count(n => n == 2), numbers.Count(n => n > 2));
    }

    /// <summary>Each table's rows, as one text a table.</summary>
    private async Task<IReadOnlyList<string>> RowsAsync()
    {
        await using var connection = await house.Database.DataSource.OpenConnectionAsync();
        var tables = await connection.QueryAsync<string>(
            "select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables "
            + "where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1");
        var rows = new List<string>();
        foreach (var table in tables)
        {
            rows.Add(await connection.ExecuteScalarAsync<string>(
                $"select '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t") ?? "");
        }
        return rows;
    }

    private static async Task RefusedAsync(RefusalKind kind, Func<Task> action) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<Refusal>(action)).Kind);
}
