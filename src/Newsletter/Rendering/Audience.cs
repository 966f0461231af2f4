using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Describes the readers of a mail by their roles.</summary>
internal static class Audience
{
    private const int MaxRoles = 3;

    /// <param name="roles">Role names: <c>AI Engineer</c>, <c>VP of Data</c>.</param>
    /// <returns><c>AI Engineers and VPs of Data</c>; empty without roles.</returns>
    public static string Of(IReadOnlyList<string> roles)
    {
        var named = roles.Take(roles.Count > MaxRoles ? MaxRoles - 1 : MaxRoles).Select(role => Plural(UntrustedText.OneLine(role))).ToList();
        return named.Count == 0 ? ""
            : roles.Count > MaxRoles ? string.Join(", ", named) + " and more"
            : named.Count == 1 ? named[0]
            : string.Join(", ", named.SkipLast(1)) + " and " + named[^1];
    }

    private static string Plural(string role)
    {
        var of = role.IndexOf(" of ", StringComparison.Ordinal);
        var (head, rest) = of < 0 ? (role, "") : (role[..of], role[of..]);
        return head switch
        {
            [.., 's' or 'x'] or [.., 'c' or 's', 'h'] => head + "es",
            [.., not ('a' or 'e' or 'o' or 'u'), 'y'] => head[..^1] + "ies",
            _ => head + "s",
        } + rest;
    }
}
