using Newsletter.Roles;

namespace Newsletter.Web.Forms;

/// <summary>The part of a form for a person's roles: checkboxes for known roles, and lines for free text.</summary>
/// <param name="Known">The roles of the taxonomy, in its order.</param>
/// <param name="Chosen">Labels.</param>
public sealed record RoleFields(IReadOnlyList<Role> Known, IReadOnlyList<string> Chosen, IReadOnlyList<RoleQuestion> Questions)
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["ai-ml"] = "AI and machine learning",
        ["media"] = "Media and content",
        ["people"] = "People and hiring",
        ["legal"] = "Law and policy",
        ["general"] = "General",
    };

    /// <summary>Grouped by the first domain of each role.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Role> Roles)> Groups => Known
        .GroupBy(role => role.Domains[0])
        .Select(group => (Names.GetValueOrDefault(group.Key) ?? char.ToUpperInvariant(group.Key[0]) + group.Key[1..], (IReadOnlyList<Role>)group.ToList()));

    public bool IsChosen(Role role) => Chosen.Contains(role.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The submitted lines of a refused form.</summary>
    public string? Typed { get; private init; }

    /// <summary>The chosen labels that have no checkbox, one per line.</summary>
    public string Other => Typed ?? string.Join('\n', Chosen.Where(label => !Known.Any(role => role.Name.Equals(label, StringComparison.OrdinalIgnoreCase))));

    /// <summary>The fields of a refused form, with the submitted values.</summary>
    public static RoleFields AsTyped(LabelResolver resolver, RoleForm form) =>
        new(resolver.Taxonomy.Roles, form.TickedAtMost, form.Questions(resolver))
        {
            Typed = form.Other?.Length > RoleForm.Longest ? form.Other[..RoleForm.Longest] : form.Other ?? "",
        };
}
