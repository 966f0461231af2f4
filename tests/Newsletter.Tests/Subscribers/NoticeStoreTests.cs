using Newsletter.Subscribers;

namespace Newsletter.Tests.Subscribers;

public sealed class NoticeStoreTests : PeopleTest
{
    [Fact]
    public async Task A_notice_is_claimed_by_one_of_many_workers()
    {
        for (var i = 0; i < 20; i++)
        {
            await SignUp.RequestAsync(Address($"a{i}@example.com"), [], []);
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Notices.ClaimAsync(5))));
        Assert.Equal(20, claims.SelectMany(c => c).Select(n => n.Id).Distinct().Count());
        Assert.Equal(20, claims.Sum(c => c.Count));
        Assert.Empty(await Notices.ClaimAsync(5));
    }

    [Fact]
    public async Task A_sent_notice_is_not_sent_again()
    {
        await Notices.SentAsync(await ClaimOneAsync());
        Assert.Equal("sent", await StateAsync());
        Time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await Notices.ClaimAsync(5));
    }

    [Fact]
    public async Task A_notice_is_tried_five_times_at_growing_distances()
    {
        var notice = await ClaimOneAsync();
        foreach (var minutes in new[] { 1, 5, 25, 125 })
        {
            await Notices.AgainAsync(notice, "451 later");
            Assert.Equal("due", await StateAsync());
            Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Empty(await Notices.ClaimAsync(5));
            Time.Advance(TimeSpan.FromSeconds(1));
            notice = Assert.Single(await Notices.ClaimAsync(5));
        }
        Assert.Equal(5, notice.Attempt);
        await Notices.AgainAsync(notice, "451 later\0 " + new string('x', 1000));
        Assert.Equal("failed", await StateAsync());
        Assert.Equal(500, (await ScalarAsync<string>("select reply from notices"))!.Length);
    }

    [Fact]
    public async Task A_refused_notice_has_failed_at_once()
    {
        await Notices.FailedAsync(await ClaimOneAsync(), "550 unknown");
        Assert.Equal("failed", await StateAsync());
        Assert.Equal("550 unknown", await ScalarAsync<string>("select reply from notices"));
    }

    [Fact]
    public async Task What_a_dead_process_claimed_is_claimed_again_and_its_late_answer_is_ignored()
    {
        var dead = await ClaimOneAsync();
        Time.Advance(TimeSpan.FromMinutes(15));
        var again = Assert.Single(await Notices.ClaimAsync(5));
        Assert.Equal((dead.Id, 2), (again.Id, again.Attempt));
        await Notices.FailedAsync(dead, "late");
        Assert.Equal("sending", await StateAsync());
    }

    [Fact]
    public async Task A_notice_whose_last_attempt_never_ended_has_failed()
    {
        await ClaimOneAsync();
        for (var i = 0; i < 10; i++)
        {
            Time.Advance(TimeSpan.FromMinutes(15));
            await Notices.ClaimAsync(5);
        }
        Assert.Equal("failed", await StateAsync());
        Assert.Equal(5, await ScalarAsync<short>("select attempt from notices"));
    }

    [Theory]
    [InlineData("update subscribers set status = 'confirmed'")]
    [InlineData("update subscribers set status = 'unsubscribed', unsubscribed_at = now()")]
    [InlineData("insert into suppressions values ('ann@example.com', 'complaint', now())")]
    public async Task Nobody_gets_a_confirmation_that_is_no_longer_wanted(string change)
    {
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        await ExecuteAsync(change);
        Assert.Empty(await Notices.ClaimAsync(5));
        Assert.Equal("failed", await StateAsync());
    }

    private async Task<Notice> ClaimOneAsync()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), [], []);
        return Assert.Single(await Notices.ClaimAsync(5));
    }

    private Task<string?> StateAsync() => ScalarAsync<string>("select state from notices");
}
