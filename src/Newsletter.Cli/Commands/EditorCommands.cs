using System.CommandLine;
using Microsoft.Extensions.Options;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Links;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter editors …</c></summary>
internal static class EditorCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var email = new Argument<string>("EMAIL");
        var permission = new Option<string>("--permission")
        {
            Description = "editor, or operator (who may also see /hangfire and decide about held sign-ups); "
                + "default: editor for a new person, otherwise unchanged",
        };
        permission.AcceptOnlyFromAmong([.. Editor.Permissions]);
        var newPermission = new Argument<string>("PERMISSION") { Description = "editor or operator" };
        newPermission.AcceptOnlyFromAmong([.. Editor.Permissions]);
        return new Command("editors", "People who sign in").With(
            new Command("add", "Print a one-time link with which this person sets a password").With(email, permission).Does(shared, settings, c =>
                LinkAsync(c, email, (links, address) => links.InviteAsync(address, c.Value(permission), CommandContext.Actor))),
            new Command("link", "Print a new set-up link for an editor; it works even after too many failed sign-ins").With(email).Does(
                shared, settings, c => LinkAsync(c, email, (links, address) => links.RenewAsync(address, CommandContext.Actor))),
            new Command("list", "All editors").Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<EditorStore>().ListAsync(),
                    ("EMAIL", e => EmailAddress.ReadableOf(e.Email)), ("PERMISSION", e => e.Permission),
                    ("PASSWORD", e => e.HasPassword ? "set" : "not yet"), ("SINCE", e => e.CreatedAt), ("DISABLED", e => e.DisabledAt));
                return ExitCode.Ok;
            }),
            new Command("permission", "Give an editor another permission; they sign in again").With(email, newPermission).Does(shared, settings, c =>
                ChangeAsync(
                    c, email, (access, address) => access.SetPermissionAsync(address, c.Value(newPermission), CommandContext.Actor),
                    e => $"is {e.Permission}")),
            new Command("disable", "Sign an editor out everywhere and prevent new sign-ins").With(email).Does(shared, settings, c =>
                ChangeAsync(c, email, (access, address) => access.DisableAsync(address, CommandContext.Actor), _ => "is disabled")),
            new Command("enable", "Let a disabled editor sign in again").With(email).Does(shared, settings, c =>
                ChangeAsync(c, email, (access, address) => access.EnableAsync(address, CommandContext.Actor), _ => "may sign in")),
            new Command("remove", "Delete an editor; what they did stays in the audit log").With(email).Does(shared, settings, c =>
                ChangeAsync(c, email, (access, address) => access.RemoveAsync(address, CommandContext.Actor), _ => "was removed")));
    }

    private static async Task<int> LinkAsync(CommandContext c, Argument<string> email, Func<SetupLinks, EmailAddress, Task<string>> link)
    {
        var address = EmailAddress.Parse(c.Value(email));
        var root = c.Get<IOptions<SiteOptions>>().Value.Root();
        var url = root + await link(c.Get<SetupLinks>(), address);
        c.Output.One(new { email = address.Value, url }, () => [url]);
        return ExitCode.Ok;
    }

    private static async Task<int> ChangeAsync(
        CommandContext c, Argument<string> email, Func<EditorAccess, EmailAddress, Task<Editor>> change, Func<Editor, string> what)
    {
        var editor = await change(c.Get<EditorAccess>(), EmailAddress.Parse(c.Value(email)));
        c.Output.One(editor, () => [$"{EmailAddress.ReadableOf(editor.Email)} {what(editor)}."]);
        return ExitCode.Ok;
    }
}
