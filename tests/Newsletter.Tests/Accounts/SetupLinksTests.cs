using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Accounts;

public sealed class SetupLinksTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    private EditorStore Editors => house.Get<EditorStore>();

    private AuditStore Audit => house.Get<AuditStore>();

    private SetupLinks Links => house.Get<SetupLinks>();

    private SignIn SignIn => house.Get<SignIn>();

    [Fact]
    public async Task The_first_operator_comes_by_a_link_and_after_that_there_is_none()
    {
        var path = await Links.FirstOperatorAsync();
        Assert.Matches("^/editor/setup/[0-9a-f]{64}$", path);
        var token = Token(path!);
        Assert.Null((await Links.FindAsync(token))!.EditorId);

        var editor = await Links.UseAsync(token, "Ann@example.com", Password);
        Assert.Equal(("Ann@example.com", "operator", true), (editor.Email, editor.Permission, editor.HasPassword));
        Assert.Equal(house.Time.GetUtcNow(), editor.CreatedAt);
        Assert.Equal(editor, Assert.Single(await Editors.ListAsync()));
        Assert.NotNull(await SignIn.TryAsync("ann@example.com", Password, "192.0.2.1"));
        Assert.Null(await Links.FirstOperatorAsync());
        Assert.Null(await Links.FindAsync(token));
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(token, "eve@example.com", Password))).Kind);
        Assert.Equal("password set", (await Audit.LatestAsync(1))[0].Action);
    }

    [Fact]
    public async Task The_token_is_not_stored()
    {
        var token = Token((await Links.FirstOperatorAsync())!);
        var stored = await house.ScalarAsync<string>("select token_hash from setup_links");
        Assert.Matches("^[0-9a-f]{64}$", stored);
        Assert.DoesNotContain(token, stored);
    }

    [Fact]
    public async Task A_new_link_for_the_first_operator_ends_the_older_one()
    {
        var older = Token((await Links.FirstOperatorAsync())!);
        var newer = Token((await Links.FirstOperatorAsync())!);
        await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(older, "a@example.com", Password));
        Assert.NotNull(await Links.UseAsync(newer, "a@example.com", Password));
    }

    [Fact]
    public async Task Of_many_browsers_with_one_link_exactly_one_wins()
    {
        var token = Token((await Links.FirstOperatorAsync())!);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await Links.UseAsync(token, $"racer{i}@example.com", Password);
                return true;
            }
            catch (Refusal)
            {
                return false;
            }
        }));
        Assert.Equal(1, outcomes.Count(won => won));
        Assert.Single(await Editors.ListAsync());
    }

    [Theory]
    [InlineData("a@example.com", "too short")]
    [InlineData("a@example.com", "password1234")]
    [InlineData("a@example.com", "            ")]
    [InlineData("no address", Password)]
    [InlineData(null, Password)]
    public async Task After_bad_input_the_link_is_still_good(string? email, string password)
    {
        var token = Token((await Links.FirstOperatorAsync())!);
        Assert.Equal(RefusalKind.Invalid, (await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(token, email, password))).Kind);
        Assert.Empty(await Editors.ListAsync());
        Assert.NotNull(await Links.UseAsync(token, "a@example.com", Password));
    }

    [Fact]
    public async Task A_link_expires_after_a_day()
    {
        var token = Token((await Links.FirstOperatorAsync())!);
        house.Time.Advance(TimeSpan.FromHours(24));
        Assert.Null(await Links.FindAsync(token));
        await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(token, "a@example.com", Password));
    }

    [Fact]
    public async Task An_invited_editor_sets_a_password_and_a_second_invitation_a_new_one()
    {
        var address = EmailAddress.Parse("ed@example.com");
        var token = Token(await Links.InviteAsync(address, "editor", "cli"));
        Assert.False((await Editors.FindAsync(address))!.HasPassword);
        Assert.Equal("ed@example.com", (await Links.FindAsync(token))!.Email);
        var editor = await Links.UseAsync(token, null, Password);
        Assert.Equal("editor", editor.Permission);

        var again = await Links.UseAsync(Token(await Links.InviteAsync(address, "operator", "cli")), null, "another long password");
        Assert.Equal((editor.Id, "operator"), (again.Id, again.Permission));
        Assert.Null(await SignIn.TryAsync("ed@example.com", Password, "192.0.2.1"));
        Assert.NotNull(await SignIn.TryAsync("ed@example.com", "another long password", "192.0.2.1"));
        await Assert.ThrowsAsync<Refusal>(() => Links.InviteAsync(address, "admin", "cli"));
    }

    [Fact]
    public async Task A_first_operators_link_is_worth_nothing_once_an_invited_operator_is_there()
    {
        var first = Token((await Links.FirstOperatorAsync())!);
        await Links.UseAsync(Token(await Links.InviteAsync(EmailAddress.Parse("op@example.com"), "operator", "cli")), null, Password);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(first, "eve@example.com", Password))).Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_links_made_at_once_one_is_good(bool isFirst)
    {
        var address = EmailAddress.Parse("ed@example.com");
        if (!isFirst)
        {
            await Links.InviteAsync(address, "editor", "cli");
        }
        var paths = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
            isFirst ? (await Links.FirstOperatorAsync())! : await Links.RenewAsync(address, "cli")));

        var good = new List<SetupLink>();
        foreach (var path in paths)
        {
            if (await Links.FindAsync(Token(path)) is { } link)
            {
                good.Add(link);
            }
        }
        Assert.Single(good);
        Assert.Equal(1, await house.ScalarAsync<long>("select count(*) from setup_links"));
    }

    [Fact]
    public async Task Nobody_comes_in_by_the_link_of_a_disabled_account_and_none_is_made()
    {
        var address = EmailAddress.Parse("ed@example.com");
        var token = Token(await Links.InviteAsync(address, "editor", "cli"));
        await house.Get<EditorAccess>().DisableAsync(address, "cli");

        Assert.True((await Links.FindAsync(token))!.IsDisabled);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => Links.UseAsync(token, null, Password));
        Assert.Equal(
            (RefusalKind.Conflict, true), (refusal.Kind, refusal.Message.StartsWith("ed@example.com is disabled", StringComparison.Ordinal)));
        Assert.False((await Editors.FindAsync(address))!.HasPassword);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => Links.RenewAsync(address, "cli"))).Kind);
        Assert.Equal(RefusalKind.Conflict, (await Assert.ThrowsAsync<Refusal>(() => Links.InviteAsync(address, "operator", "cli"))).Kind);
        Assert.Equal("editor", (await Editors.FindAsync(address))!.Permission);
    }

    [Fact]
    public async Task A_new_link_leaves_the_permission_and_the_last_operator_stays_one()
    {
        var address = EmailAddress.Parse("op@example.com");
        await Links.UseAsync(Token(await Links.InviteAsync(address, "operator", "cli")), null, Password);
        await Links.InviteAsync(address, permission: null, "cli");
        await Links.RenewAsync(address, "cli");
        Assert.Equal("operator", (await Editors.FindAsync(address))!.Permission);

        var refusal = await Assert.ThrowsAsync<Refusal>(() => Links.InviteAsync(address, "editor", "cli"));
        Assert.Contains("is the last operator who can sign in", refusal.Message);
        Assert.Equal(
            RefusalKind.NotFound,
            (await Assert.ThrowsAsync<Refusal>(() => Links.RenewAsync(EmailAddress.Parse("no@example.com"), "cli"))).Kind);
    }

    [Fact]
    public async Task Garbage_is_no_link()
    {
        Assert.Null(await Links.FindAsync(""));
        Assert.Null(await Links.FindAsync("\0\ud800€"));
        Assert.Null(await Links.FindAsync(new string('A', 10_000_000)));
    }

    private static string Token(string path) => path[SetupLinks.Path.Length..];
}
