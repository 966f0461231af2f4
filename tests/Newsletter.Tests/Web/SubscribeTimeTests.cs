using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Newsletter.Tests.Web;

/// <summary>The response time of the sign-up form must not tell whether an address is known. Measured with 300 requests of each kind.</summary>
public sealed class SubscribeTimeTests(Site site) : IClassFixture<Site>
{
    private const int Tries = 300;

    /// <summary>
    /// Allowed difference from 0.5, which means that neither kind takes longer. With 300 requests the standard deviation is 0.024. If
    /// one kind executes one more SQL statement, the share is near 0 or 1.
    /// </summary>
    private const double Chance = 0.12;

    private static readonly string[] Kinds = ["unknown", "pending", "confirmed", "unsubscribed", "suppressed"];

    [Fact]
    public async Task It_is_the_same_for_all_kinds_of_addresses()
    {
        await PeopleAsync();
        using var client = new HttpClient { BaseAddress = site.Address };
        for (var i = 0; i < 50; i++)
        {
            await TryAsync(client, "warm-up", i);
        }
        var times = Kinds.ToDictionary(kind => kind, _ => new List<double>());
        var order = new Random(7);
        for (var i = 0; i < Tries; i++)
        {
            // Random order: a slow phase of the machine, or work for the previous request, must affect all kinds equally.
            foreach (var kind in Kinds.OrderBy(_ => order.Next()).ToList())
            {
                times[kind].Add(await TryAsync(client, kind, i));
            }
        }

        var medians = string.Join(", ", times.Select(kind =>
            string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value.Order().ElementAt(Tries / 2):0.00} ms")));
        foreach (var one in Kinds)
        {
            foreach (var other in Kinds.Where(kind => string.CompareOrdinal(kind, one) > 0))
            {
                var share = Slower(times[one], times[other]);
                Assert.True(Math.Abs(share - 0.5) < Chance, $"{one} takes longer than {other} in {share:0.00} of the pairs; medians: {medians}");
            }
        }
    }

    [Fact]
    public async Task What_was_typed_is_handled_soon_after_the_answer()
    {
        using var client = new HttpClient { BaseAddress = site.Address };
        await TryAsync(client, "soon", 1);
        for (var i = 0; i < 100 && await site.CountAsync("select count(*) from sign_up_queue") > 0; i++)
        {
            await Task.Delay(100);
        }
        Assert.Equal(0, await site.CountAsync("select count(*) from sign_up_queue"));
        Assert.Equal(1, await site.CountAsync("select count(*) from subscribers where email = 'soon1@example.com' and status = 'pending'"));
    }

    /// <returns>Response time in milliseconds.</returns>
    private async Task<double> TryAsync(HttpClient client, string kind, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/subscribe")
        {
            Content = Site.Form(
                ("Email", string.Create(CultureInfo.InvariantCulture, $"{kind}{number}@example.com")), ("Roles", "CTO"), ("Topics", "RAG")),
        };
        request.Headers.Add("X-Forwarded-For", site.NewClient());
        var begin = Stopwatch.GetTimestamp();
        using var answer = await client.SendAsync(request);
        var taken = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return taken;
    }

    private Task PeopleAsync() => site.ExecuteAsync(
        $"""
        insert into subscribers (email, email_key, status, created_at, confirmed_at, unsubscribed_at)
        select email, email, kind, now(), case kind when 'confirmed' then now() end, case kind when 'unsubscribed' then now() end
        from unnest(array['pending', 'confirmed', 'unsubscribed']) kind, generate_series(0, {Tries}) n,
             lateral (select kind || n || '@example.com' as email) person;
        insert into suppressions (email_key, reason, created_at)
        select 'suppressed' || n || '@example.com', 'bounced', now() from generate_series(0, {Tries}) n;
        analyze subscribers, suppressions;
        """);

    /// <summary>Share of all pairs in which the first one takes longer.</summary>
    private static double Slower(List<double> first, List<double> second) =>
        first.Sum(one => second.Count(other => one > other) + (0.5 * second.Count(other => one == other))) / ((double)first.Count * second.Count);
}
