using System.Net;

namespace Newsletter.Tests.Web;

/// <summary>What a real server answers when it cannot write, and pages that write.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly Site site = new();

    public Task InitializeAsync() => site.InitializeAsync();

    public Task DisposeAsync() => site.DisposeAsync();

    [Theory]
    [InlineData("53100", 503)]
    [InlineData("53300", 503)]
    [InlineData("25006", 503)]
    [InlineData("57014", 503)]
    [InlineData("57P01", 503)]
    [InlineData("22012", 500)]
    [InlineData("XX000", 500)]
    public async Task A_page_that_writes_is_away_while_nothing_can_be_written_and_a_fault_stays_one(string state, int status)
    {
        await site.PlanAsync("full");
        using var editor = await site.SignedInAsync();
        await site.ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'x' using errcode = '{state}'; end $$;
            create trigger refuse before insert on sign_up_queue execute function refuse();
            create trigger refuse before insert or update on subscribers execute function refuse();
            create trigger refuse before insert on audit_log execute function refuse();
            """);
        using var stranger = site.Stranger();
        using var signUp = await stranger.PostAsync("/subscribe", Site.Form(("Email", site.NewAddress()), ("Roles", "CTO")));
        using var cancelled = await Site.PostFormAsync(editor, "/editor/editions/1", "/editor/editions/1?handler=Cancel");

        Assert.Equal(((HttpStatusCode)status, (HttpStatusCode)status), (signUp.StatusCode, cancelled.StatusCode));
        Assert.Equal(status == 503, signUp.Headers.RetryAfter is not null);
    }
}
