using System.Net;

namespace Newsletter.Links;

/// <summary>Section <c>Site</c>: public URL, keys that sign links, proxies.</summary>
public sealed record SiteOptions
{
    /// <summary>Absolute http(s) URL of the pages; may have a path: <c>https://news.example.com</c>.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>At least 32 characters each, newest first; older keys still verify links. Empty: a key is generated at the first start.</summary>
    public string[] SigningKeys { get; init; } = [];

    /// <summary>IP addresses and address ranges (CIDR) of the proxies whose X-Forwarded-For header is trusted. Empty: none.</summary>
    public string[] TrustedProxies { get; init; } = [];

    /// <summary>False: the program does not send Strict-Transport-Security, even if the public URL is https.</summary>
    public bool Hsts { get; init; } = true;

    /// <exception cref="Refusal">Invalid: a trusted proxy is neither an IP address nor a range.</exception>
    public SiteOptions Checked()
    {
        Proxies();
        return this;
    }

    /// <summary><see cref="TrustedProxies"/> as ranges; a single address becomes a range of one address.</summary>
    /// <exception cref="Refusal">Invalid: one of them is neither an IP address nor a range.</exception>
    public IReadOnlyList<IPNetwork> Proxies() => [.. TrustedProxies.Select(RangeOf)];

    /// <summary><see cref="PublicUrl"/> with an ASCII host and without a trailing slash.</summary>
    /// <exception cref="Refusal">Invalid: not an absolute http(s) URL, or it has a query, fragment or user name.</exception>
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

    private static IPNetwork RangeOf(string text) =>
        IPNetwork.TryParse(text, out var range) ? range
        : IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw Refusal.Invalid(
            $"Site:TrustedProxies contains '{text}', which is neither an address nor an address range: write it as 192.0.2.7 or 172.28.0.0/16.");
}
