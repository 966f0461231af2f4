using Newsletter.Digests;
using Newsletter.Lifecycle;
using Newsletter.Planning;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Planning;

/// <summary>The clock stands at Monday, 2 March 2026, 09:00 UTC.</summary>
public sealed class UnknownZoneTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeWithReaderAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Theory]
    [InlineData("asia/calcutta", "Asia/Kolkata")]
    [InlineData("W. Europe Standard Time", "Europe/Berlin")]
    public async Task A_digest_is_stored_with_one_name_of_its_zone(string typed, string stored)
    {
        var digests = house.Get<DigestStore>();
        var digest = await digests.EditAsync(await digests.GetAsync(TestProduct.Digest) with { Timezone = typed, Cron = "0 8 * * *" });
        Assert.Equal(stored, digest.Timezone);
    }

    [Theory]
    [InlineData("CET", "Europe/Berlin or Europe/Paris")]
    [InlineData("UTC+1", "Etc/GMT-1")]
    [InlineData("Mars/Olympus", "IANA")]
    public async Task A_digest_in_no_place_is_refused(string zone, string reason)
    {
        var digests = house.Get<DigestStore>();
        var digest = await digests.GetAsync(TestProduct.Digest);
        Assert.Contains(reason, (await Assert.ThrowsAsync<Refusal>(() => digests.EditAsync(digest with { Timezone = zone }))).Message);
        Assert.Contains(reason, (await Assert.ThrowsAsync<Refusal>(() => digests.CreateAsync(digest with { Slug = "other", Timezone = zone }))).Message);
    }

    [Fact]
    public async Task A_digest_in_an_unknown_zone_is_not_planned_as_in_UTC()
    {
        await house.ExecuteAsync("update digests set timezone = 'Mars/Olympus', cron = '0 10 * * *', next_at = $1", house.Time.GetUtcNow().AddHours(1));

        var refusal = await Assert.ThrowsAsync<Refusal>(() => house.PlanAsync());
        await house.Get<DueEditions>().PlanAsync(default);

        Assert.Equal("'Mars/Olympus' is not an IANA time zone such as Europe/Berlin: set another one with 'newsletter digests edit'.", refusal.Message);
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from editions"));
    }

    [Fact]
    public async Task A_reader_in_an_old_name_of_a_zone_has_its_hours()
    {
        await house.ReaderAsync("old@example.com", new Preferences { Roles = ["CTO"], Hour = 18 });
        await house.ExecuteAsync("update subscribers set timezone = 'Asia/Calcutta' where email = 'old@example.com'");
        var digest = await house.Get<DigestStore>().GetAsync(TestProduct.Digest);
        var edition = (await house.Get<EditionPlanning>().PlanAsync(digest, house.Time.GetUtcNow().AddHours(1))).Edition;

        Assert.Equal(new DateTime(2026, 3, 2, 12, 30, 0), await house.ScalarAsync<DateTime>(
            "select due_at from deliveries d join subscribers s on s.id = d.subscriber_id where d.edition_id = $1 and s.email = 'old@example.com'", edition));
    }
}
