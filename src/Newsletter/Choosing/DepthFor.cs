using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>The default depth for a role, if the reader chose none.</summary>
internal static class DepthFor
{
    private static readonly HashSet<string> Technical = ["engineering", "infrastructure", "security", "data", "ai-ml", "research"];

    /// <summary>
    /// Executives, vice presidents and directors get the takeaway and its practical meaning. Technical leads and individuals get
    /// everything, with principles and method. All others also get the insights.
    /// </summary>
    public static Depth Role(Role role) => role.Level switch
    {
        RoleLevel.Executive or RoleLevel.Vp or RoleLevel.Director => Depth.Brief,
        RoleLevel.Lead or RoleLevel.Individual when role.Domains.Any(Technical.Contains) => Depth.Full,
        _ => Depth.Standard,
    };
}
