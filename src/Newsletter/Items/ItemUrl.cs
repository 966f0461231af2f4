namespace Newsletter.Items;

/// <summary>What makes two addresses of an article one.</summary>
internal static class ItemUrl
{
    /// <summary>
    /// Scheme and host in lower case, no default port, no fragment, no trailing slash of the path, none of the
    /// parameters that only tell who linked (<c>utm_…</c>, <c>fbclid</c>, <c>gclid</c>).
    /// </summary>
    /// <returns>Null when it is not an absolute http(s) address of at most 2,000 characters, or carries a password.</returns>
    public static string? Canonical(string url)
    {
        if (url.Length > 2000 || !Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return null;
        }
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Where(p => !IsTracking(p)).ToArray();
        return $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.AbsolutePath.TrimEnd('/')}"
            + (query.Length == 0 ? "" : "?" + string.Join('&', query));
    }

    private static bool IsTracking(string parameter) =>
        parameter.StartsWith("utm_", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("fbclid=", StringComparison.OrdinalIgnoreCase)
        || parameter.StartsWith("gclid=", StringComparison.OrdinalIgnoreCase);
}
