using Newsletter.Roles;

namespace Newsletter.Web.Forms;

/// <summary>A label that is not understood with confidence: the person is asked, and may keep it as it is.</summary>
/// <param name="Answer">The name of a role, nothing for "none of these"; null as long as there is none: nothing is guessed.</param>
/// <param name="WasAsked">In the form that was sent.</param>
public sealed record RoleQuestion(string Label, IReadOnlyList<Role> Suggestions, string? Answer, bool WasAsked)
{
    public bool IsOpen => Answer is null;
}
