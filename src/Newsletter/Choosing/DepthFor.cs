using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>How much of an item a role is shown when the reader chose nothing.</summary>
internal static class DepthFor
{
    private static readonly HashSet<string> Technical = ["engineering", "infrastructure", "security", "data", "ai-ml", "research"];

    /// <summary>
    /// Who decides reads the takeaway and what it means in practice; who watches the field also the insights; who builds
    /// also principles and method.
    /// </summary>
    public static Depth Role(Role role) => role.Level switch
    {
        RoleLevel.Executive or RoleLevel.Vp or RoleLevel.Director => Depth.Brief,
        RoleLevel.Lead or RoleLevel.Individual when role.Domains.Any(Technical.Contains) => Depth.Full,
        _ => Depth.Standard,
    };
}
