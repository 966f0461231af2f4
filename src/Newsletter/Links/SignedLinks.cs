using System.Buffers;

namespace Newsletter.Links;

/// <summary>Absolute addresses that carry their own permission: a path, and a <see cref="SealedToken"/>.</summary>
public sealed class SignedLinks(SigningKeys keys, SiteOptions site, TimeProvider time)
{
    private static readonly TimeSpan OldConfirmFor = TimeSpan.FromDays(7);
    private static readonly TimeSpan ReturnFor = TimeSpan.FromDays(30);
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly IReadOnlyList<SealedToken> tokens = [.. keys.All.Select(key => new SealedToken(key))];
    private readonly string confirm = site.Root() + "/confirm/";
    private readonly string preferences = site.Root() + "/preferences/";
    private readonly string unsubscribe = site.Root() + "/unsubscribe/";
    private readonly string view = site.Root() + "/view/";
    private readonly string export = site.Root() + "/export/";
    private readonly string erase = site.Root() + "/erase/";
    private readonly string item = site.Root() + "/read/";

    /// <summary>How long it is good is for the sign-up's row to say.</summary>
    public string Confirm(RowKey signUp) => Link(confirm, LinkPurpose.Confirm, signUp, 0);

    /// <summary>The way back of one who left; good for thirty days.</summary>
    public string Return(RowKey subscriber) => Link(confirm, LinkPurpose.Return, subscriber, Now());

    public string Preferences(RowKey subscriber) => Link(preferences, LinkPurpose.Preferences, subscriber, 0);

    /// <summary>Never expires: an old mail must still let its reader go.</summary>
    public string Unsubscribe(RowKey subscriber, long editionId) => Link(unsubscribe, LinkPurpose.Unsubscribe, subscriber, editionId);

    public string View(RowKey subscriber, RowKey edition) => Link(view, LinkPurpose.View, subscriber, edition.Id, edition.Secret);

    /// <summary>How long it is good is for the notice's row to say; likewise of <see cref="Erase"/>.</summary>
    public string Export(RowKey notice, long subscriberId) => Link(export, LinkPurpose.Export, notice, subscriberId);

    public string Erase(RowKey notice, long subscriberId) => Link(erase, LinkPurpose.Erase, notice, subscriberId);

    /// <summary>The same link for all readers: readers with the same items share one rendered mail body.</summary>
    public string Item(RowKey row) => Link(item, LinkPurpose.Item, row, 0);

    /// <summary>What stands before the @ of a delivery's Message-ID: the same each time, and to be read by us alone.</summary>
    public string DeliveryMail(RowKey subscriber, RowKey edition) => Link("", LinkPurpose.DeliveryMail, subscriber, edition.Id, edition.Secret);

    /// <summary>Likewise of a notice.</summary>
    public string NoticeMail(RowKey notice, long subscriberId) => Link("", LinkPurpose.NoticeMail, notice, subscriberId);

    /// <param name="token">
    /// Punctuation after it is ignored: mail programs that find links in plain text often include it (RFC 3986, appendix C).
    /// </param>
    /// <returns>Null for anything that this installation did not sign for this purpose, or that has expired.</returns>
    public SignedLink? Read(LinkPurpose purpose, string? token)
    {
        var bare = token?[..(token.AsSpan().LastIndexOfAny(TokenCharacters) + 1)];
        var link = tokens.Select(key => key.Read(purpose, bare.AsSpan().TrimEnd("-_"))).FirstOrDefault(read => read is not null)
            ?? OldToken.Read(keys.All, purpose, bare);
        return purpose switch
        {
            LinkPurpose.Confirm => link is { IsOldForm: false } || IsYoung(link, OldConfirmFor) ? link : null,
            LinkPurpose.Return => IsYoung(link, ReturnFor) ? link : null,
            _ => link,
        };
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private bool IsYoung(SignedLink? link, TimeSpan most) => link is not null && Now() - link.Number <= most.TotalSeconds;

    // Called for every mail: nothing is allocated but the address itself.
    private string Link(string prefix, LinkPurpose purpose, RowKey row, long number, long second = 0) =>
        string.Create(prefix.Length + SealedToken.Length, (prefix, token: tokens[0], purpose, row, number, second), static (target, s) =>
        {
            s.prefix.CopyTo(target);
            s.token.Write(target[s.prefix.Length..], s.purpose, s.row, s.number, s.second);
        });
}
