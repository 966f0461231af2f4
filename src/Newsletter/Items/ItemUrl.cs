using System.Text;

namespace Newsletter.Items;

/// <summary>The URL of an article: its stored form, and when two URLs mean the same article.</summary>
public static class ItemUrl
{
    private const int Limit = 2000;

    /// <summary>
    /// Parameters that mail tools and platforms add to links. <c>ref</c> and <c>source</c> are not in the list: they may select a page.
    /// </summary>
    private static readonly HashSet<string> ReferrerParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "amp", "mc_cid", "mc_eid", "igshid", "igsh", "msclkid", "dclid", "yclid", "gbraid", "wbraid", "twclid", "ttclid", "li_fat_id",
        "_hsenc", "_hsmi", "mkt_tok", "oly_enc_id", "oly_anon_id", "vero_id", "ncid", "cmpid", "smid", "guccounter",
    };

    /// <summary>
    /// The stored and linked URL: scheme and host in lower case, no default port, no tracking parameters (<c>utm_…</c>, <c>fbclid</c>,
    /// <c>gclid</c>), also in the fragment. The fragment and a final slash stay: they may select the content.
    /// </summary>
    /// <returns>Null when it is not an absolute http(s) URL of at most 2,000 characters (also after escaping), or contains a user name.</returns>
    public static string? Clean(string url)
    {
        if (url.Length > Limit || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || Host(uri) is not { Length: > 0 } host)
        {
            return null;
        }
        var clean = $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.AbsolutePath}{Query(uri)}{Fragment(uri)}";
        return clean.Length <= Limit ? clean : null;
    }

    /// <summary>
    /// The URL without final slash and fragment. URLs of the same article have the same page; several articles may have the same page, too.
    /// </summary>
    /// <param name="clean">As returned by <see cref="Clean"/>.</param>
    public static string Page(string clean)
    {
        var uri = new Uri(clean);
        return uri.GetLeftPart(UriPartial.Path).TrimEnd('/') + uri.Query;
    }

    /// <summary>The route within a single-page application: a fragment <c>#/…</c> or <c>#!…</c>. Empty for other URLs.</summary>
    /// <param name="clean">As returned by <see cref="Clean"/>.</param>
    public static string Route(string clean) => new Uri(clean).Fragment is ['#', '/' or '!', ..] and var route ? route : "";

    /// <summary>
    /// Equal for URLs that differ only in how the reader came to the page: without the scheme, the host labels <c>www</c>, <c>m</c>,
    /// <c>mobile</c> and <c>amp</c>, a final <c>amp</c> of the path, and more parameters that tell who linked; the other parameters are sorted.
    /// </summary>
    /// <param name="clean">As returned by <see cref="Clean"/>.</param>
    /// <returns>Null for a front page: many articles may have the front page of their site as URL.</returns>
    public static string? Loose(string clean)
    {
        var uri = new Uri(clean);
        var labels = uri.Host.Split('.');
        var host = string.Join('.', labels.Where((label, i) => i >= labels.Length - 2 || label is not ("www" or "m" or "mobile" or "amp")));
        var path = uri.AbsolutePath.TrimEnd('/');
        path = path.EndsWith("/amp", StringComparison.OrdinalIgnoreCase) ? path[..^"/amp".Length] : path;
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(p => !ReferrerParameters.Contains(p.Split('=')[0])).Order(StringComparer.Ordinal).ToArray();
        // On a page that lists all releases, each fragment is a separate article. The part after :~: only tells a browser what to highlight.
        var fragment = uri.Fragment.Split(":~:")[0] is { Length: > 1 } part ? part : "";
        return path.Length == 0 && query.Length == 0 && Route(clean).Length == 0
            ? null
            : $"{host}:{uri.Port switch { 80 or 443 => 0, var port => port }}{path}?{string.Join('&', query)}{fragment}";
    }

    private static string Query(Uri uri)
    {
        var kept = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsTracking(p)).ToArray();
        return kept.Length == 0 ? "" : "?" + string.Join('&', kept);
    }

    /// <summary>The fragment of an application may have parameters, after a question mark or as the whole fragment.</summary>
    private static string Fragment(Uri uri)
    {
        var fragment = uri.Fragment.TrimStart('#');
        var mark = fragment.IndexOf('?', StringComparison.Ordinal);
        var (before, parameters) = mark < 0 ? ("", fragment) : (fragment[..(mark + 1)], fragment[(mark + 1)..]);
        var kept = before + string.Join('&', parameters.Split('&').Where(p => !IsTracking(p)));
        kept = mark < 0 ? kept : kept.TrimEnd('?');
        return kept.Length == 0 ? "" : "#" + kept;
    }

    /// <returns>Null for a name that is not valid in DNS.</returns>
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
