using Newsletter.Roles;

namespace Newsletter.Web.Forms;

/// <summary>A question on a label that does not resolve to a role with confidence. The person may keep the label as it is.</summary>
/// <param name="Answer">The name of a role; empty for "none of these"; null if there is no answer yet.</param>
/// <param name="WasAsked">The submitted form had this question.</param>
public sealed record RoleQuestion(string Label, IReadOnlyList<Role> Suggestions, string? Answer, bool WasAsked)
{
    public bool IsOpen => Answer is null;
}
