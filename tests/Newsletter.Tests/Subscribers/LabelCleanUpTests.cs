using System.Text;
using Newsletter.Roles;
using Newsletter.Subscribers;
using Newsletter.Transfer;

namespace Newsletter.Tests.Subscribers;

/// <summary>A label that a reader typed is deleted when nobody uses it any more, for any reason.</summary>
public sealed class LabelCleanUpTests : PeopleTest
{
    private const string Word = "Basket Weaver";

    [Fact]
    public async Task With_a_person_who_is_erased_goes_what_only_they_typed()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = ["CTO", Word, "Shared Word"] });
        await SignUp.RequestAsync(Address("eve@example.com"), ["Eve's Word"], []);
        await AddConfirmedAsync("bob@example.com", new() { Roles = ["Shared Word"] });
        Assert.True(await Erasure.EraseAsync(ann.Id, "cli"));
        Assert.Equal(["Eve's Word", "Shared Word"], await WordsAsync());
        // The labels of an unconfirmed person are stored in the sign-up request.
        Assert.True(await Erasure.EraseAsync((await FindAsync("eve@example.com"))!.Id, "cli"));
        Assert.Equal(["Shared Word"], await WordsAsync());
        Assert.Equal(0, await ScalarAsync<long>("select count(*) from label_clean_up"));
        Assert.Equal(1, await ScalarAsync<long>("select count(*) from labels where normal = 'cto'"));
    }

    [Fact]
    public async Task With_preferences_that_are_changed()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = [Word] });
        await PreferenceChange.ApplyOwnAsync(ann.Id, known => known with { Roles = ["CTO"] });
        await CleanUp.RunAsync(default);
        Assert.Empty(await WordsAsync());
    }

    [Fact]
    public async Task With_a_request_that_another_one_took_the_place_of()
    {
        await SignUp.RequestAsync(Address("ann@example.com"), [Word], []);
        Time.Advance(TimeSpan.FromDays(1));
        await SignUp.RequestAsync(Address("ann@example.com"), ["Second Word"], []);
        await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"));
        Time.Advance(TimeSpan.FromDays(8));
        await Expiry.RunAsync(default);
        Assert.Equal(["Second Word"], await WordsAsync());
    }

    [Fact]
    public async Task Who_leaves_keeps_their_words_for_the_way_back_and_loses_them_by_the_next_request()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = [Word] });
        await Unsubscribing.LeaveAsync(ann.Id);
        await CleanUp.RunAsync(default);
        Assert.Equal([Word], await WordsAsync());
        await SignUp.RequestAsync(Address("ann@example.com"), ["CTO"], []);
        await Confirmation.ConfirmAsync(await LinkAsync("ann@example.com"));
        await CleanUp.RunAsync(default);
        Assert.Empty(await WordsAsync());
    }

    [Fact]
    public async Task With_an_import_that_says_otherwise_or_fails()
    {
        await AddConfirmedAsync("ann@example.com", new() { Roles = [Word] });
        await ImportAsync("email,roles\nann@example.com,CTO;Imported Word\n");
        await CleanUp.RunAsync(default);
        Assert.Equal(["Imported Word"], await WordsAsync());

        await Assert.ThrowsAsync<Refusal>(
            () => ImportAsync("email,roles,status\nbob@example.com,Failed Word,\neve@example.com,Other Word,confirmed\n"));
        await Suppressions.AddAsync(Address("gone@example.com"), "bounced", "test");
        await ImportAsync("email,roles\ngone@example.com,Kept Out Word\n");
        await CleanUp.RunAsync(default);
        Assert.Equal(["Imported Word"], await WordsAsync());
        await ImportAsync("email,name\nann@example.com,Ann\n");
        await CleanUp.RunAsync(default);
        Assert.Equal(["Imported Word"], await WordsAsync());
    }

    [Fact]
    public async Task What_an_editor_taught_stays_until_it_is_taken_back()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = [Word] });
        await Labels.TeachAsync(Word, ["cto"], "cli");
        await Erasure.EraseAsync(ann.Id, "cli");
        Assert.Equal([Word], await WordsAsync());
        await Labels.UnteachAsync(Word, "cli");
        await CleanUp.RunAsync(default);
        Assert.Empty(await WordsAsync());
    }

    [Fact]
    public async Task While_an_import_runs_it_waits_and_what_is_just_recorded_is_looked_at_again()
    {
        var ann = await AddConfirmedAsync("ann@example.com", new() { Roles = [Word] });
        await using (var connection = await ConnectAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await new ImportStore().BeginAsync(connection, transaction, default);
            Assert.True(await Erasure.EraseAsync(ann.Id, "cli"));
            Assert.Equal([Word], await WordsAsync());
        }
        await using (var connection = await ConnectAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await Labels.RecordAsync(connection, transaction, [Word]);
            await CleanUp.RunAsync(default);
            Assert.Equal([Word], await WordsAsync());
        }
        await CleanUp.RunAsync(default);
        Assert.Empty(await WordsAsync());
    }

    [Fact]
    public async Task Among_very_many_readers_it_goes_by_indexes()
    {
        await ExecuteAsync(
            """
            insert into labels (text, normal, first_seen_at) select 'Word ' || i, 'word ' || i, now() from generate_series(1, 3000) i;
            insert into subscribers (email, email_key, status, label_ids, created_at, confirmed_at)
            select i || '@example.com', i || '@example.com', 'confirmed',
                   array[1 + i % 40, (select min(id) from labels where text like 'Word %') + i % 2500], now(), now()
            from generate_series(1, 200000) i;
            insert into label_clean_up (label_id) select id from labels where text like 'Word %';
            analyze subscribers, labels, sign_ups, label_clean_up;
            """);
        var plan = await ScalarAsync<string>(
            $"""
            create function plan_of(query text) returns text language plpgsql as $$
            declare line text; lines text := '';
            begin for line in execute 'explain ' || query loop lines := lines || line || E'\n'; end loop; return lines; end $$;
            select plan_of({Quoted(LabelCleanUpStore.DeleteFree.Replace(
                "@free", "array(select label_id from label_clean_up limit 500)", StringComparison.Ordinal))})
            """);
        Assert.DoesNotContain("Seq Scan on subscribers", plan);
        Assert.Contains("subscribers_label_ids_idx", plan);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await CleanUp.RunAsync(default);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal(2500, await ScalarAsync<long>("select count(*) from labels where text like 'Word %'"));
    }

    private static string Quoted(string sql) => "'" + sql.Replace("'", "''", StringComparison.Ordinal) + "'";

    private Task ImportAsync(string csv) => Import.RunAsync(new MemoryStream(Encoding.UTF8.GetBytes(csv)), null, "cli", default);

    private async Task<string[]> WordsAsync() =>
        await ScalarAsync<string[]>("select coalesce(array_agg(text order by text), '{}') from labels where text ~ 'Word|Weaver'") ?? [];
}
