using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Accounts;

public sealed class EditorAccessTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";
    private static readonly EmailAddress Op = EmailAddress.Parse("Op@example.com");
    private static readonly EmailAddress Ed = EmailAddress.Parse("ed@example.com");
    private readonly TestProduct house = new();

    private EditorAccess Access => house.Get<EditorAccess>();

    private EditorStore Editors => house.Get<EditorStore>();

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        await AddAsync(Op, Editor.OperatorPermission);
        await AddAsync(Ed, Editor.EditorPermission);
    }

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task The_last_operator_who_can_sign_in_stays()
    {
        // These operators cannot sign in, so they do not count.
        var invited = EmailAddress.Parse("invited@example.com");
        await house.Get<SetupLinks>().InviteAsync(invited, Editor.OperatorPermission, "cli");
        var disabled = EmailAddress.Parse("disabled@example.com");
        await AddAsync(disabled, Editor.OperatorPermission);
        await Access.DisableAsync(disabled, "cli");
        var before = await Editors.FindAsync(Op);

        foreach (var step in (Func<Task>[])
        [
            () => Access.DisableAsync(Op, "cli"), () => Access.RemoveAsync(Op, "cli"), () => Access.SetPermissionAsync(Op, Editor.EditorPermission, "cli"),
        ])
        {
            var refusal = await Assert.ThrowsAsync<Refusal>(step);
            Assert.Equal(RefusalKind.Conflict, refusal.Kind);
            Assert.StartsWith("Op@example.com is the last operator who can sign in: ", refusal.Message);
        }
        Assert.Equal(before, await Editors.FindAsync(Op));

        await Access.RemoveAsync(invited, "cli");
        await Access.RemoveAsync(disabled, "cli");
        await Access.SetPermissionAsync(Ed, Editor.OperatorPermission, "cli");
        Assert.Equal(Editor.EditorPermission, (await Access.SetPermissionAsync(Op, Editor.EditorPermission, "cli")).Permission);
    }

    [Fact]
    public async Task Of_operators_who_put_each_other_out_at_once_one_stays()
    {
        var operators = Enumerable.Range(0, 8).Select(i => EmailAddress.Parse($"op{i}@example.com")).Append(Op).ToList();
        foreach (var address in operators.Take(8))
        {
            await AddAsync(address, Editor.OperatorPermission);
        }
        await Task.WhenAll(operators.Select(async (address, i) =>
        {
            try
            {
                await ((i % 3) switch
                {
                    0 => Access.DisableAsync(address, "cli"),
                    1 => Access.RemoveAsync(address, "cli"),
                    _ => Access.SetPermissionAsync(address, Editor.EditorPermission, "cli"),
                });
            }
            catch (Refusal)
            {
                // Expected for the last operator: their change is refused.
            }
        }));
        Assert.Single(await Editors.ListAsync(), editor => editor is { Permission: Editor.OperatorPermission, DisabledAt: null });
    }

    [Fact]
    public async Task Each_change_has_one_entry_and_those_about_a_removed_person_can_still_be_read()
    {
        await Access.DisableAsync(Ed, "cli");
        await Access.DisableAsync(Ed, "cli");
        await Access.EnableAsync(Ed, "cli");
        await Access.EnableAsync(Ed, "cli");
        await Access.SetPermissionAsync(Ed, Editor.OperatorPermission, "cli");
        await Access.SetPermissionAsync(Ed, Editor.OperatorPermission, "cli");
        await house.Get<EditorSessions>().EndAllAsync((await Editors.FindAsync(Ed))!);
        Assert.Equal(Ed.Value, (await Access.RemoveAsync(Ed, "cli")).Email);

        Assert.Null(await Editors.FindAsync(Ed));
        var entries = (await house.Get<AuditStore>().LatestAsync(100)).Where(entry => entry.Subject.Contains(Ed.Value, StringComparison.Ordinal));
        Assert.Equal(
            [
                "cli: editor removed (ed@example.com, operator)", "ed@example.com: editor signed out everywhere (ed@example.com)",
                "cli: editor permission changed (ed@example.com: operator)", "cli: editor enabled (ed@example.com)", "cli: editor disabled (ed@example.com)",
                "set-up link: password set (ed@example.com)", "cli: set-up link made (ed@example.com)", "cli: editor invited (ed@example.com as editor)",
            ],
            entries.Select(entry => $"{entry.Actor}: {entry.Action} ({entry.Subject})"));
        Assert.Equal(RefusalKind.NotFound, (await Assert.ThrowsAsync<Refusal>(() => Access.RemoveAsync(Ed, "cli"))).Kind);
        await AddAsync(Ed, Editor.EditorPermission);
    }

    [Fact]
    public async Task Who_was_enabled_again_signs_in_with_the_password_of_before()
    {
        await Access.DisableAsync(Ed, "cli");
        Assert.Null(await house.Get<SignIn>().TryAsync(Ed.Value, Password, "192.0.2.1"));
        await Access.EnableAsync(Ed, "cli");
        Assert.NotNull(await house.Get<SignIn>().TryAsync(Ed.Value, Password, "192.0.2.1"));
    }

    [Fact]
    public async Task A_session_is_over_twelve_hours_after_its_last_use_and_its_row_goes()
    {
        var sessions = house.Get<EditorSessions>();
        var editor = (await Editors.FindAsync(Ed))!;
        var (token, other) = (await sessions.BeginAsync(editor), await sessions.BeginAsync(editor));
        house.Time.Advance(TimeSpan.FromHours(8));
        await sessions.ExtendAsync(token);
        house.Time.Advance(TimeSpan.FromHours(8));
        Assert.Equal(editor, await sessions.FindEditorAsync(token));
        Assert.Null(await sessions.FindEditorAsync(other));
        house.Time.Advance(TimeSpan.FromHours(4));
        Assert.Null(await sessions.FindEditorAsync(token));
        await sessions.BeginAsync(editor);
        Assert.Equal(1, await house.ScalarAsync<long>("select count(*) from editor_sessions"));
        Assert.Equal(0, await house.ScalarAsync<long>($"select count(*) from editor_sessions where token_hash = '{token}'"));
    }

    [Fact]
    public async Task A_session_of_somebody_who_was_changed_before_it_began_never_goes_on()
    {
        var asJudged = (await Editors.FindAsync(Ed))!;
        await Access.SetPermissionAsync(Ed, Editor.OperatorPermission, "cli");
        var sessions = house.Get<EditorSessions>();
        Assert.Null(await sessions.FindEditorAsync(await sessions.BeginAsync(asJudged)));
        await Access.RemoveAsync(Ed, "cli");
        Assert.Null(await sessions.FindEditorAsync(await sessions.BeginAsync(asJudged)));
    }

    private async Task AddAsync(EmailAddress address, string permission)
    {
        var path = await house.Get<SetupLinks>().InviteAsync(address, permission, "cli");
        await house.Get<SetupLinks>().UseAsync(path[SetupLinks.Path.Length..], null, Password);
    }
}
