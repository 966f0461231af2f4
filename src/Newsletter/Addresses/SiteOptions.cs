namespace Newsletter.Addresses;

/// <summary>Section <c>Site</c>: where readers reach us, and what signs their links.</summary>
public sealed record SiteOptions
{
    /// <summary>Absolute http(s) address under which the pages are reached, a path allowed: <c>https://news.example.com</c>.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>At least 32 characters each, newest first; older ones still verify links. Empty: one is made at the first start.</summary>
    public string[] SigningKeys { get; init; } = [];

    /// <summary><see cref="PublicUrl"/> with an ASCII host and without a slash at the end.</summary>
    /// <exception cref="Refusal">Invalid, when it is not such an address.</exception>
    public string Root()
    {
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Query.Length + url.Fragment.Length + url.UserInfo.Length > 0)
        {
            throw Refusal.Invalid("Site:PublicUrl must be an absolute http or https address, such as https://news.example.com.");
        }
        return new UriBuilder(url) { Host = url.IdnHost }.Uri.AbsoluteUri.TrimEnd('/');
    }
}
