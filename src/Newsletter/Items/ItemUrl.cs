using System.Text;

namespace Newsletter.Items;

/// <summary>What makes two addresses of an article one.</summary>
public static class ItemUrl
{
    private const int Limit = 2000;

    /// <summary>Parameters that mail tools and platforms add to links. Not <c>ref</c> or <c>source</c>: those may choose a page.</summary>
    private static readonly HashSet<string> Wayfarers = new(StringComparer.OrdinalIgnoreCase)
    {
        "amp", "mc_cid", "mc_eid", "igshid", "igsh", "msclkid", "dclid", "yclid", "gbraid", "wbraid", "twclid", "ttclid", "li_fat_id",
        "_hsenc", "_hsmi", "mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id", "ncid", "cmpid", "smid", "guccounter",
    };

    /// <summary>
    /// Scheme and host in lower case, no default port, no fragment, no trailing slash of the path, none of the
    /// parameters that only tell who linked (<c>utm_…</c>, <c>fbclid</c>, <c>gclid</c>).
    /// </summary>
    /// <returns>Null when it is not an absolute http(s) address of at most 2,000 characters (escaped, too), or carries a user name.</returns>
    public static string? Canonical(string url)
    {
        if (url.Length > Limit || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || Host(uri) is not { Length: > 0 } host)
        {
            return null;
        }
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsTracking(p)).ToArray();
        var canonical = $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.AbsolutePath.TrimEnd('/')}"
            + (query.Length == 0 ? "" : "?" + string.Join('&', query));
        return canonical.Length <= Limit ? canonical : null;
    }

    /// <summary>
    /// For addresses that differ only in how one came to the page: without scheme, the hosts' <c>www</c>, <c>m</c>, <c>mobile</c> and
    /// <c>amp</c>, the page's <c>amp</c>, and more parameters that tell who linked; the others in order.
    /// </summary>
    /// <param name="canonical">As <see cref="Canonical"/> gives it.</param>
    /// <returns>Null for a front page: many articles are credited to one.</returns>
    public static string? Loose(string canonical)
    {
        var uri = new Uri(canonical);
        var labels = uri.Host.Split('.');
        var host = string.Join('.', labels.Where((label, i) => i >= labels.Length - 2 || label is not ("www" or "m" or "mobile" or "amp")));
        var path = uri.AbsolutePath.TrimEnd('/');
        path = path.EndsWith("/amp", StringComparison.OrdinalIgnoreCase) ? path[..^"/amp".Length] : path;
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(p => !Wayfarers.Contains(p.Split('=')[0])).Order(StringComparer.Ordinal).ToArray();
        return path.Length == 0 && query.Length == 0 ? null : $"{host}:{uri.Port switch { 80 or 443 => 0, var port => port }}{path}?{string.Join('&', query)}";
    }

    /// <returns>Null for a name that DNS cannot hold.</returns>
    private static string? Host(Uri uri)
    {
        try
        {
            // IdnHost has no brackets around an IPv6 address.
            var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost.ToLowerInvariant();
            return Ascii.IsValid(host) ? host : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool IsTracking(string parameter) =>
        parameter.StartsWith("utm_", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("fbclid=", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("gclid=", StringComparison.OrdinalIgnoreCase);
}
