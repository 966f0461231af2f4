using Newsletter.Membership;
using Newsletter.Tests.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Tests.Membership;

/// <summary>Sign-ups that nobody confirmed end after seven days, with all that they say.</summary>
public sealed class SignUpExpiryTests : PeopleTest
{
    [Fact]
    public async Task An_unconfirmed_sign_up_is_gone_after_seven_days_and_the_person_and_their_words_with_it()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO", "Ann's Bakery Boss"], ["RAG"]);
        var link = await LinkAsync("ann@example.com");
        Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await Expiry.RunAsync(default);
        Assert.Equal(ConfirmationState.Open, (await Confirmation.LookAsync(link)).State);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ConfirmationState.Expired, (await Confirmation.ConfirmAsync(link)).State);
        Assert.NotNull(await FindAsync("ann@example.com"));
        await Expiry.RunAsync(default);
        Assert.Null(await FindAsync("ann@example.com"));
        Assert.Equal((0L, 0L), (await CountAsync("sign_ups"), await CountAsync("notices")));
        Assert.Equal((0L, 1L), (await CountAsync("labels where text like '%Bakery%'"), await CountAsync("labels where normal = 'cto'")));
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        Assert.Equal("pending", (await FindAsync("ann@example.com"))!.Status);
    }

    [Fact]
    public async Task Who_has_an_open_request_stays_until_the_last_one_ends()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["First Words"], []);
        Time.Advance(TimeSpan.FromDays(4));
        await SignUp.RequestAsync(Address("ann@example.com"), ["Second Words"], []);
        var second = await LinkAsync("ann@example.com");
        Time.Advance(TimeSpan.FromDays(4));
        await Expiry.RunAsync(default);
        Assert.Equal(
            (1L, 0L, 1L),
            (await CountAsync("sign_ups"), await CountAsync("labels where text = 'First Words'"), await CountAsync("labels where text = 'Second Words'")));
        Assert.Equal(["Second Words"], (await Confirmation.ConfirmAsync(second)).Subscriber!.Preferences.Roles);
        Time.Advance(TimeSpan.FromDays(4));
        await Expiry.RunAsync(default);
        Assert.Equal(
            ("confirmed", "Second Words"),
            (await FindAsync("ann@example.com"))! is var ann ? (ann.Status, Assert.Single(ann.Preferences.Roles)) : default);
        Assert.Equal(0, await CountAsync("sign_ups"));
    }

    [Fact]
    public async Task Only_people_who_are_here_for_a_sign_up_alone_go_with_it()
    {
        await Enrolment.AddAsync(Address("added@example.com"), new() { Name = "Added" }, confirmed: false, "cli");
        await Import.RunAsync(new MemoryStream("email,name\nimported@example.com,Imported\n"u8.ToArray()), null, "cli", default);
        var left = await AddConfirmedAsync("left@example.com", new() { Roles = ["CTO"] });
        await Unsubscribing.LeaveAsync(left.Id);
        foreach (var email in (string[])["new@example.com", "imported@example.com", "left@example.com", "later-imported@example.com"])
        {
            await SignUp.RequestAsync(Address(email), ["PM"], []);
        }
        await Import.RunAsync(new MemoryStream("email\nlater-imported@example.com\n"u8.ToArray()), null, "cli", default);
        var before = await FindAsync("left@example.com");

        Time.Advance(TimeSpan.FromDays(7));
        await Expiry.RunAsync(default);
        Assert.Equal(["imported@example.com", "left@example.com", "later-imported@example.com"], (await Subscribers.ListAsync(null, 10)).Select(s => s.Email));
        Assert.Equivalent(before, await FindAsync("left@example.com"), strict: true);
    }

    [Fact]
    public async Task Labels_that_somebody_uses_or_taught_stay()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["Carried by Bob", "Asked by Eve", "Taught Word", "Of an Item", "Nobody Else's"], []);
        Time.Advance(TimeSpan.FromDays(1));
        await AddConfirmedAsync("bob@example.com", new() { Roles = ["Carried by Bob"] });
        await SignUp.RequestAsync(Address("eve@example.com"), ["Asked by Eve"], []);
        await Labels.TeachAsync("Taught Word", ["cto"], "cli");
        await ExecuteAsync(
            """
            begin;
            insert into items (key, revision_id, story_id, imported_at) values ('url:1', 1, 1, now());
            insert into item_revisions (item_id, content, content_hash, created_at) values (1, '{}', 'x', now());
            insert into item_labels (item_id, label_id, position) select 1, id, 0 from labels where text = 'Of an Item';
            commit;
            """);
        Time.Advance(TimeSpan.FromDays(6));
        await Expiry.RunAsync(default);
        Assert.Equal(["Asked by Eve", "Carried by Bob", "Of an Item", "Taught Word"],
            (await ScalarAsync<string[]>("select array_agg(text order by text) from labels where text ~ 'Bob|Eve|Taught Word|Item|Nobody'"))!);
    }

    [Fact]
    public async Task More_than_a_batch_goes_in_one_run()
    {
        await ExecuteAsync(
            """
            insert into subscribers (email, email_key, status, created_at, provisional)
            select i || '@example.com', i || '@example.com', 'pending', now(), true from generate_series(1, 2500) i;
            insert into sign_ups (subscriber_id, created_at, expires_at) select id, '2027-01-01', '2027-01-08' from subscribers;
            """);
        await Expiry.RunAsync(default);
        Assert.Equal((0L, 0L), (await CountAsync("sign_ups"), await CountAsync("subscribers")));
    }

    [Fact]
    public async Task A_sign_up_that_comes_while_the_old_one_is_deleted_is_kept()
    {
        for (var round = 0; round < 10; round++)
        {
            var emails = Enumerable.Range(0, 8).Select(i => $"r{round}a{i}@example.com").ToList();
            foreach (var email in emails)
            {
                await SignUp.RequestAsync(Address(email), [$"Word of {email}"], []);
            }
            Time.Advance(TimeSpan.FromDays(8));
            await Task.WhenAll(emails.Select(email => Task.Run(() => SignUp.RequestAsync(Address(email), [$"Word of {email}"], [])))
                .Append(Task.Run(() => Expiry.RunAsync(default))).Append(Task.Run(() => Expiry.RunAsync(default))));
            foreach (var email in emails)
            {
                Assert.Equal([$"Word of {email}"], (await Confirmation.ConfirmAsync(await LinkAsync(email))).Subscriber!.Preferences.Roles);
            }
        }
    }

    [Fact]
    public async Task What_a_running_transaction_holds_is_left_for_the_next_run()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["Basket Weaver"], []);
        await SignUp.RequestAsync(Address("bob@example.com"), ["Basket Weaver"], []);
        Time.Advance(TimeSpan.FromDays(8));
        await using (var connection = await ConnectAsync())
        {
            // Somebody signs up again as ann, and has come as far as this.
            await using var transaction = await connection.BeginTransactionAsync();
            var ann = await Subscribers.LockOrAddAsync(connection, transaction, Address("ann@example.com"), Time.GetUtcNow());
            var labels = await Labels.RecordAsync(connection, transaction, ["Basket Weaver"]);
            await Expiry.RunAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Null(await FindAsync("bob@example.com"));
            await SignUps.AddAsync(connection, transaction, ann.Id, [.. labels], []);
            await transaction.CommitAsync();
        }
        await Expiry.RunAsync(default);
        Assert.Equal(["Basket Weaver"], (await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"))).Subscriber!.Preferences.Roles);
    }

    [Fact]
    public async Task While_an_import_runs_nothing_is_deleted()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), ["Basket Weaver"], []);
        Time.Advance(TimeSpan.FromDays(8));
        await using (var connection = await ConnectAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await new ImportStore().BeginAsync(connection, transaction, default);
            await Expiry.RunAsync(default);
            Assert.NotNull(await FindAsync("ann@example.com"));
        }
        await Expiry.RunAsync(default);
        Assert.Null(await FindAsync("ann@example.com"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(366)]
    public void Days_out_of_range_are_refused(int days) => Assert.Throws<Refusal>(() => new SubscribersOptions { PendingDays = days }.Checked());

    private Task<long> CountAsync(string what) => ScalarAsync<long>($"select count(*) from {what}");
}
