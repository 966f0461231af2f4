using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Newsletter.Web.Http;

namespace Newsletter.Web.Forms;

/// <summary>
/// Why a form was refused: said above it, with a link to the control that it is about, and at that control; see
/// <see cref="ProblemTagHelper"/>.
/// </summary>
internal static class FormProblem
{
    private const string Key = "Problem";

    /// <summary>Answers with the refusal's status, and has the page say why.</summary>
    public static void Refuse(this PageModel page, Refusal refusal)
    {
        page.Response.StatusCode = Failures.StatusOf(refusal.Kind);
        page.ViewData[Key] = refusal;
    }

    /// <returns>Null when nothing was refused.</returns>
    public static Refusal? Of(ViewDataDictionary data) => data[Key] as Refusal;

    /// <summary>The submitted value of a field after a refusal.</summary>
    /// <param name="stored">The value for all other responses.</param>
    public static string? AsTyped(this PageModel page, string field, string? stored = null) =>
        Of(page.ViewData) is not null && page.Request.HasFormContentType && page.Request.Form.TryGetValue(field, out var typed)
            ? typed.ToString()
            : stored;

    /// <returns>The id of the control for this field: <c>pausedUntil</c> for <c>PausedUntil</c>.</returns>
    public static string IdOf(string field) => char.ToLowerInvariant(field[0]) + field[1..];
}
