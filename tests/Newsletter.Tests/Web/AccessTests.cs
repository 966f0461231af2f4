using System.Text;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Notices;
using Newsletter.Sending;
using Newsletter.Subscribers;

namespace Newsletter.Tests.Web;

/// <summary>
/// Calls every endpoint of the server as each kind of user. The result must be identical to <c>docs/access.md</c>, so that a new
/// endpoint, or a change of access to one, fails the test.
/// </summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Head =
        """
        # Who may do what

        Each endpoint as the server lists it, tried as everybody there is; `AccessTests` makes this table anew and compares. *yes*: answered,
        be it with what is wrong about a form. *sign in*: led to the sign-in page. *no*: not found, or forbidden. *its link*: whoever holds
        the link that a mail has for it; *other links*: the tokens of all other links in its place. Caught mails are there only where no relay
        is configured: `OutboxTests` try those.

        | endpoint | without signing in | editor | operator | its link | other links |
        |---|---|---|---|---|---|

        """;

    private readonly Site site = new();
    private Subscriber reader = null!;
    private long edition;
    private long item;
    private Dictionary<string, string> known = [];

    public async Task InitializeAsync()
    {
        await site.InitializeAsync();
        reader = await site.SubscriberAsync("Growth Manager");
        item = await site.ItemAsync("An item", "Growth Manager");
        edition = (await site.PlanAsync("weekly")).Edition;
        await site.Get<EditionSteps>().ApproveAsync(edition, null, "test");
        await site.Get<EditionSteps>().SendAsync(edition, "test");
        await site.Get<EditionSending>().RunAsync(edition, TimeSpan.FromMinutes(1), default);
        known = new Dictionary<string, string>
        {
            ["items/id"] = $"{item}", ["archive/id"] = $"{edition}", ["feeds/role"] = "all", ["/path"] = "no-such.css",
            ["editor/editions/id"] = $"{edition}", ["editor/digests/slug"] = "weekly",
        };
    }

    public Task DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task Everybody_may_do_what_the_table_says_and_nothing_else()
    {
        var nobody = new AccessTry(site, permission: null);
        AccessTry[] all = [nobody, new(site, Editor.EditorPermission), new(site, Editor.OperatorPermission)];
        var table = new StringBuilder(Head);
        foreach (var endpoint in await ListedEndpoint.AllAsync(site))
        {
            var cells = new List<string> { endpoint.ToString() };
            foreach (var one in all)
            {
                cells.Add(await one.OfAsync(endpoint, RoutePaths.Of(endpoint.Pattern, known)));
            }
            cells.Add(endpoint.Place is null ? "" : await ByLinksAsync(nobody, endpoint, own: true));
            cells.Add(endpoint.Place is null ? "" : await ByLinksAsync(nobody, endpoint, own: false));
            table.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }

        var made = Path.Combine(AppContext.BaseDirectory, "access.md");
        await File.WriteAllTextAsync(made, table.ToString());
        Assert.DoesNotContain("failed", table.ToString());
        Assert.True(
            table.ToString() == await File.ReadAllTextAsync(Path.Combine(Repository.Top, "docs", "access.md")),
            $"Somebody may do something else than docs/access.md says. How it is now stands in {made}: compare, and copy it when it is right.");
    }

    /// <returns>The results of all these links, without duplicates.</returns>
    private async Task<string> ByLinksAsync(AccessTry holder, ListedEndpoint endpoint, bool own)
    {
        var answers = new SortedSet<string>();
        var tokens = (await LinksAsync()).Where(link => (link.Place == endpoint.Place) == own).Select(link => link.Token);
        foreach (var token in tokens)
        {
            answers.Add(await holder.OfAsync(endpoint, $"/{endpoint.Place}/{token}"));
        }
        return string.Join(", ", answers);
    }

    /// <summary>One link of each kind: the path before the token, and the token. The links are for new people in each call.</summary>
    private async Task<IReadOnlyList<(string Place, string Token)>> LinksAsync()
    {
        var links = site.Links;
        var address = site.NewAddress();
        await site.Get<SignUp>().RequestAsync(EmailAddress.Parse(address), ["CTO"], []);
        var other = await site.SubscriberAsync("Growth Manager");
        var setup = await site.Get<SetupLinks>().InviteAsync(EmailAddress.Parse(site.NewAddress()), Editor.EditorPermission, "test");
        return
        [
            .. ((string[])
            [
                links.Confirm((await site.SignUpAsync(address))!.Value), links.Return(other.Row), links.Preferences(other.Row),
                links.Unsubscribe(other.Row, edition),
                await site.ViewAsync(reader.Row, edition), links.Export(await NoticeAsync(other, NoticeKind.Export), other.Id),
                links.Erase(await NoticeAsync(other, NoticeKind.Erase), other.Id), "http://localhost" + setup,
                links.Item(new RowKey(item, await site.CountAsync($"select secret from items where id = {item}"))),
            ]).Select(link => new Uri(link).AbsolutePath.Trim('/')).Select(path => (path[..path.LastIndexOf('/')], path[(path.LastIndexOf('/') + 1)..])),
        ];
    }

    private async Task<RowKey> NoticeAsync(Subscriber person, string kind)
    {
        await site.Get<DataRequest>().AskAsync(person.Id, kind);
        return await site.NoticeAsync(await site.CountAsync($"select max(id) from notices where subscriber_id = {person.Id}"));
    }
}
