using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>Whom a mail is for, in words.</summary>
internal static class Audience
{
    private const int MostRoles = 3;

    /// <param name="roles">Names of roles: <c>AI Engineer</c>, <c>VP of Data</c>.</param>
    /// <returns><c>AI Engineers and VPs of Data</c>; empty without roles.</returns>
    public static string Of(IReadOnlyList<string> roles)
    {
        var named = roles.Take(roles.Count > MostRoles ? MostRoles - 1 : MostRoles).Select(role => Plural(UntrustedText.OneLine(role))).ToList();
        return named.Count == 0 ? ""
            : roles.Count > MostRoles ? string.Join(", ", named) + " and more"
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
