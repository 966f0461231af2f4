using System.CommandLine;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Editors;

namespace Newsletter.Cli.Commands;

/// <summary><c>newsletter editors …</c></summary>
internal static class EditorCommands
{
    public static Command Create(SharedOptions shared, IReadOnlyDictionary<string, string?> settings)
    {
        var email = new Argument<string>("EMAIL");
        var permission = new Option<string>("--permission") { Description = "editor, or operator (who may see /hangfire too)", DefaultValueFactory = _ => Editor.EditorPermission };
        permission.AcceptOnlyFromAmong([.. Editor.Permissions]);
        return new Command("editors", "People who sign in").With(
            new Command("add", "Print a one-time link by which this person sets a password").With(email, permission).Does(shared, settings, async c =>
            {
                var address = EmailAddress.Parse(c.Value(email));
                var path = await c.Get<SetupLinks>().InviteAsync(address, c.Value(permission)!, CommandContext.Actor);
                var url = c.Get<IOptions<SiteOptions>>().Value.Root() + path;
                c.Output.One(new { email = address.Value, url }, () => [url]);
                return ExitCode.Ok;
            }),
            new Command("list", "All editors").Does(shared, settings, async c =>
            {
                c.Output.List(await c.Get<EditorStore>().ListAsync(),
                    ("EMAIL", e => EmailAddress.ReadableOf(e.Email)), ("PERMISSION", e => e.Permission), ("PASSWORD", e => e.HasPassword ? "set" : "not yet"), ("SINCE", e => e.CreatedAt));
                return ExitCode.Ok;
            }));
    }
}
