using Newsletter.Addresses;
using Newsletter.Membership;
using Newsletter.Subscribers;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Membership;

/// <summary>Sign-ups wait in the queue between the form's response and their processing.</summary>
public sealed class SignUpQueueTests(TestProduct house) : IClassFixture<TestProduct>
{
    private SignUpQueue Queue => house.Get<SignUpQueue>();

    [Fact]
    public async Task Nothing_is_looked_up_or_done_before_it_is_handled_and_then_it_is_gone()
    {
        await Queue.EnqueueAsync(EmailAddress.Parse("Ann@example.com"), ["CTO"], ["RAG"]);
        Assert.Null(await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse("ann@example.com")));
        await Queue.ProcessOwnAsync(default);
        Assert.Equal("pending", (await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse("ann@example.com")))!.Status);
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from sign_up_queue"));
        Assert.Equal(1L, await house.ScalarAsync<long>(
            "select count(*) from notices n join subscribers s on s.id = n.subscriber_id where s.email_key = 'ann@example.com'"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_once()
    {
        await Assert.ThrowsAsync<Refusal>(() => Queue.EnqueueAsync(EmailAddress.Parse("bob@example.com"), [new string('x', 1000)], []));
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from sign_up_queue where email = 'bob@example.com'"));
    }

    [Fact]
    public async Task One_that_fails_for_a_reason_nobody_foresaw_is_tried_again_and_given_up_after_a_day()
    {
        await Queue.EnqueueAsync(EmailAddress.Parse("late@example.com"), ["CTO"], []);
        await house.ExecuteAsync("alter table notices rename to notices_of_another_version");
        await Queue.ProcessAsync(default);
        await Queue.ProcessAsync(default);
        await house.ExecuteAsync("alter table notices_of_another_version rename to notices");
        Assert.Single(house.Logs.Of(6006));
        await Queue.ProcessAsync(default);
        Assert.Equal(1L, await house.ScalarAsync<long>("select count(*) from sign_up_queue"));
        house.Time.Advance(TimeSpan.FromSeconds(61));
        await Queue.ProcessAsync(default);
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from sign_up_queue"));
        Assert.Equal("pending", (await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse("late@example.com")))!.Status);
    }

    [Fact]
    public async Task One_that_cannot_be_handled_holds_up_no_other_and_what_a_process_left_is_found()
    {
        await house.ExecuteAsync(
            """
            insert into sign_up_queue (email, roles, topics, created_at)
            values ('no address', '{}', '{}', now()), ('left@example.com', '{CTO}', '{}', now())
            """);
        await Queue.ProcessAsync(default);
        Assert.Equal("pending", (await house.Get<SubscriberStore>().FindAsync(EmailAddress.Parse("left@example.com")))!.Status);
        Assert.Equal(0L, await house.ScalarAsync<long>("select count(*) from sign_up_queue"));
        Assert.DoesNotContain(house.Logs.All, line => line.Text.Contains("left@example.com", StringComparison.Ordinal));
    }
}
