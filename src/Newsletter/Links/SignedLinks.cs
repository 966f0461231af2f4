using System.Buffers;

namespace Newsletter.Links;

/// <summary>Absolute URLs that contain their own authorization: a path and a <see cref="SealedToken"/>.</summary>
public sealed class SignedLinks(SigningKeys keys, SiteOptions site, TimeProvider time)
{
    private static readonly TimeSpan OldConfirmLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan ReturnLifetime = TimeSpan.FromDays(30);
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

    /// <summary>The row of the sign-up determines how long the link is valid.</summary>
    public string Confirm(RowKey signUp) => Link(confirm, LinkPurpose.Confirm, signUp, 0);

    /// <summary>Lets a person who unsubscribed subscribe again; valid for 30 days.</summary>
    public string Return(RowKey subscriber) => Link(confirm, LinkPurpose.Return, subscriber, Now());

    public string Preferences(RowKey subscriber) => Link(preferences, LinkPurpose.Preferences, subscriber, 0);

    /// <summary>Never expires: readers must be able to unsubscribe from an old mail.</summary>
    public string Unsubscribe(RowKey subscriber, long editionId) => Link(unsubscribe, LinkPurpose.Unsubscribe, subscriber, editionId);

    public string View(RowKey subscriber, RowKey edition) => Link(view, LinkPurpose.View, subscriber, edition.Id, edition.Secret);

    /// <summary>The row of the notice determines how long the link is valid; the same applies to <see cref="Erase"/>.</summary>
    public string Export(RowKey notice, long subscriberId) => Link(export, LinkPurpose.Export, notice, subscriberId);

    public string Erase(RowKey notice, long subscriberId) => Link(erase, LinkPurpose.Erase, notice, subscriberId);

    /// <summary>The same link for all readers, because readers with the same items share one rendered mail body.</summary>
    public string Item(RowKey row) => Link(item, LinkPurpose.Item, row, 0);

    /// <summary>Part before the @ of a delivery's Message-ID: deterministic, and only we can decrypt it.</summary>
    public string DeliveryMail(RowKey subscriber, RowKey edition) => Link("", LinkPurpose.DeliveryMail, subscriber, edition.Id, edition.Secret);

    /// <summary>The same for a notice.</summary>
    public string NoticeMail(RowKey notice, long subscriberId) => Link("", LinkPurpose.NoticeMail, notice, subscriberId);

    /// <param name="token">
    /// Punctuation after it is ignored: mail programs that detect links in plain text often include it (RFC 3986, appendix C).
    /// </param>
    /// <returns>Null if this installation did not sign the token for this purpose, or if it has expired.</returns>
    public SignedLink? Read(LinkPurpose purpose, string? token)
    {
        var bare = token?[..(token.AsSpan().LastIndexOfAny(TokenCharacters) + 1)];
        var link = tokens.Select(key => key.Read(purpose, bare.AsSpan().TrimEnd("-_"))).FirstOrDefault(read => read is not null)
            ?? OldToken.Read(keys.All, purpose, bare);
        return purpose switch
        {
            LinkPurpose.Confirm => link is { IsOldForm: false } || IsUnexpired(link, OldConfirmLifetime) ? link : null,
            LinkPurpose.Return => IsUnexpired(link, ReturnLifetime) ? link : null,
            _ => link,
        };
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();

    private bool IsUnexpired(SignedLink? link, TimeSpan lifetime) => link is not null && Now() - link.Number <= lifetime.TotalSeconds;

    // Called for every mail: allocates only the resulting string.
    private string Link(string prefix, LinkPurpose purpose, RowKey row, long number, long second = 0) =>
        string.Create(prefix.Length + SealedToken.Length, (prefix, token: tokens[0], purpose, row, number, second), static (target, s) =>
        {
            s.prefix.CopyTo(target);
            s.token.Write(target[s.prefix.Length..], s.purpose, s.row, s.number, s.second);
        });
}
