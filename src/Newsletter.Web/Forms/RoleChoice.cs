using Newsletter.Archive;
using Newsletter.Roles;

namespace Newsletter.Web.Forms;

/// <summary>A list from which a reader of the archive picks a role, and where there are several, a digest.</summary>
/// <param name="Action">The page to go to: <c>/archive</c>.</param>
/// <param name="Roles">Those for which there is something.</param>
/// <param name="Role">The one picked; null for all.</param>
/// <param name="Digests">Where there are fewer than two, none is offered.</param>
/// <param name="Digest">The slug of the one picked; null for all.</param>
public sealed record RoleChoice(string Action, IReadOnlyList<Role> Roles, Role? Role, IReadOnlyList<ArchivedDigest> Digests, string? Digest)
{
    /// <param name="ids">Of the roles for which there is something; the one picked is offered in any case.</param>
    public static IReadOnlyList<Role> Offered(Taxonomy taxonomy, IReadOnlySet<int> ids, Role? picked) =>
        [.. taxonomy.Roles.Where(role => ids.Contains(role.Id) || role.Equals(picked)).OrderBy(role => role.Name, StringComparer.OrdinalIgnoreCase)];
}
