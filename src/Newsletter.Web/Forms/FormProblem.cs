using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Newsletter.Web.Http;

namespace Newsletter.Web.Forms;

/// <summary>
/// The reason why a form was refused. The page shows it above the form, with a link to the control, and at the control: see
/// <see cref="ProblemTagHelper"/>.
/// </summary>
internal static class FormProblem
{
    private const string Key = "Problem";

    /// <summary>Sets the refusal's status code and lets the page show its message.</summary>
    public static void Refuse(this PageModel page, Refusal refusal)
    {
        page.Response.StatusCode = Failures.StatusOf(refusal.Kind);
        page.ViewData[Key] = refusal;
    }

    /// <returns>Null if nothing was refused.</returns>
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
