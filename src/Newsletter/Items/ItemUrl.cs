using System.Text;

namespace Newsletter.Items;

/// <summary>What makes two addresses of an article one.</summary>
internal static class ItemUrl
{
    private const int Limit = 2000;

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
