using Newsletter.Archive;
using Newsletter.Roles;

namespace Newsletter.Web.Forms;

/// <summary>The form of the archive that selects a role and, if there are several, a digest.</summary>
/// <param name="Action">The path of the page: <c>/archive</c>.</param>
/// <param name="Roles">Roles with at least one item.</param>
/// <param name="Role">The selected role; null for all.</param>
/// <param name="Digests">The select element is shown only for two or more.</param>
/// <param name="Digest">The slug of the selected digest; null for all.</param>
public sealed record RoleChoice(string Action, IReadOnlyList<Role> Roles, Role? Role, IReadOnlyList<ArchivedDigest> Digests, string? Digest)
{
    /// <param name="ids">Ids of the roles with at least one item. The selected role is always offered.</param>
    public static IReadOnlyList<Role> Offered(Taxonomy taxonomy, IReadOnlySet<int> ids, Role? picked) =>
        [.. taxonomy.Roles.Where(role => ids.Contains(role.Id) || role.Equals(picked)).OrderBy(role => role.Name, StringComparer.OrdinalIgnoreCase)];
}
