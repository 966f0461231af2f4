using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Newsletter.Deliveries;
using Newsletter.Digests;

namespace Newsletter.Web.Pages.Editor.Editions;

/// <summary>A page of an edition. Each has the same heading and the same tabs: see <c>_EditionHead</c>.</summary>
public abstract class EditionPage(EditionStore editions) : EditorPage
{
    // Bound from the route only: a form field of the same name must not select another edition.
    [BindProperty(SupportsGet = true), FromRoute] public long Id { get; set; }

    public Edition Edition { get; private set; } = null!;

    /// <summary>The last segment of the page's path; empty for the overview.</summary>
    public abstract string Tab { get; }

    protected EditionStore Editions => editions;

    public static string PathOf(long id, string tab) =>
        string.Create(CultureInfo.InvariantCulture, $"~/editor/editions/{id}{(tab.Length == 0 ? "" : "/")}{tab}");

    protected override async Task LoadAsync() => Edition = await editions.GetAsync(Id);

    /// <summary>Runs a step and redirects to this page.</summary>
    protected Task<IActionResult> StepAsync(Func<Task> step, string done, string? field = null) => StepAsync(
        async () =>
        {
            await step();
            return (PathOf(Id, Tab), done);
        },
        field);

    /// <summary>At least one reader gets a mail, so there is something to preview.</summary>
    protected static bool HasAnyMail(DeliveryAccount account) => account.Planned > account.Skipped;

    /// <summary>Parses a number strictly. Model binding would also accept 0x14 and #14.</summary>
    protected static long Number(string? typed, string field) =>
        long.TryParse(typed?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refusal.Invalid($"The {field} must be a whole number such as 12.").About(field);
}
