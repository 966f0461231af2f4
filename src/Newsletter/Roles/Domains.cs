namespace Newsletter.Roles;

/// <summary>The known fields of work, which of them are neighbours, and the default family of a role.</summary>
public static class Domains
{
    /// <summary>No particular field of work: two roles that share only this domain count as unrelated.</summary>
    public const string General = "general";

    /// <summary>The family of executive roles, whatever their field.</summary>
    public const string Executives = "executives";

    private sealed record Field(string Family, params string[] Beside);

    // Each pair is listed once, under either of its two domains.
    private static readonly Dictionary<string, Field> Fields = new()
    {
        ["engineering"] = new("engineering", "infrastructure", "security", "data", "ai-ml", "product"),
        ["infrastructure"] = new("infrastructure", "security", "data"),
        ["security"] = new("security", "legal"),
        ["data"] = new("data-and-ai", "ai-ml", "research", "product"),
        ["ai-ml"] = new("data-and-ai", "research"),
        ["research"] = new("research", "education"),
        ["product"] = new("product", "design", "marketing"),
        ["design"] = new("design", "media"),
        ["media"] = new("media", "marketing"),
        ["education"] = new("education", "people"),
        ["marketing"] = new("marketing-and-sales", "sales"),
        ["sales"] = new("marketing-and-sales", "operations"),
        ["finance"] = new("finance", "operations", "legal"),
        ["legal"] = new("law-and-policy"),
        ["people"] = new("people", "operations"),
        ["operations"] = new("operations", "product"),
        [General] = new("general"),
    };

    private static readonly HashSet<(string, string)> Pairs =
        [.. Fields.SelectMany(f => f.Value.Beside.SelectMany(other => new[] { (f.Key, other), (other, f.Key) }))];

    public static IEnumerable<string> Known => Fields.Keys;

    public static bool IsKnown(string domain) => Fields.ContainsKey(domain);

    public static bool AreBeside(string one, string other) => Pairs.Contains((one, other));

    /// <param name="domain">A known domain: the first one of the role.</param>
    public static string FamilyOf(RoleLevel level, string domain) =>
        level == RoleLevel.Executive ? Executives : Fields[domain].Family;
}
