using Microsoft.Extensions.Time.Testing;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Editors;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Editors;

public sealed class SignInTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Password = "correct horse battery";
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2027, 3, 1, 8, 0, 0, TimeSpan.Zero));

    private EditorStore Editors => new(database.DataSource);

    private SignIn SignIn => new(Editors, time);

    [Fact]
    public async Task The_right_password_signs_in_whatever_the_letter_case_of_the_address()
    {
        await AddAsync("ann@example.com");
        var editor = await SignIn.TryAsync(" ANN@example.com", Password);
        Assert.Equal("ann@example.com", editor!.Email);
        Assert.Null(await SignIn.TryAsync("ann@example.com", Password.ToUpperInvariant()));
        Assert.Null(await SignIn.TryAsync("ann@example.com", ""));
        Assert.Null(await SignIn.TryAsync("ann@example.com", new string('x', 1_000_000)));
        Assert.Null(await SignIn.TryAsync("unknown@example.com", Password));
        Assert.Null(await SignIn.TryAsync("no address", Password));
    }

    [Fact]
    public async Task Ten_wrong_tries_in_a_row_lock_for_fifteen_minutes()
    {
        await AddAsync("bob@example.com");
        await TryWrongAsync("bob@example.com", 9);
        Assert.NotNull(await SignIn.TryAsync("bob@example.com", Password));

        await TryWrongAsync("bob@example.com", 10);
        Assert.Null(await SignIn.TryAsync("bob@example.com", Password));
        Assert.Equal(time.GetUtcNow().AddMinutes(15), (await Editors.FindAsync(EmailAddress.Parse("bob@example.com")))!.LockedUntil);

        time.Advance(TimeSpan.FromMinutes(15));
        await TryWrongAsync("bob@example.com", 9);
        Assert.NotNull(await SignIn.TryAsync("bob@example.com", Password));
    }

    [Fact]
    public async Task A_hundred_tries_at_once_are_not_judged_all()
    {
        await AddAsync("cy@example.com");
        var now = time.GetUtcNow();
        var tries = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Editors.BeginTryAsync(EmailAddress.Parse("cy@example.com"), 10, now, now.AddMinutes(15))));
        Assert.Equal(10, tries.Count(t => t is not null));
    }

    [Fact]
    public async Task A_disabled_editor_does_not_sign_in()
    {
        var editor = await AddAsync("dee@example.com");
        await using var command = database.DataSource.CreateCommand($"update editors set disabled_at = now() where id = {editor.Id}");
        await command.ExecuteNonQueryAsync();
        Assert.Null(await SignIn.TryAsync("dee@example.com", Password));
        Assert.NotNull((await Editors.FindAsync(editor.Id))!.DisabledAt);
    }

    private async Task TryWrongAsync(string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Null(await SignIn.TryAsync(email, "wrong password"));
        }
    }

    private async Task<Editor> AddAsync(string email)
    {
        var links = new SetupLinks(database.DataSource, new(database.DataSource), Editors, new AuditLog(database.DataSource, time), time);
        var path = await links.InviteAsync(EmailAddress.Parse(email), "editor", "cli");
        return await links.UseAsync(path[SetupLinks.Path.Length..], null, Password);
    }
}
