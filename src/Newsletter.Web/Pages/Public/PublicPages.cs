using System.Globalization;
using Newsletter.Archive;
using Newsletter.Mime;
using Newsletter.Roles;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Public;

/// <summary>What the pages that everybody may see have in common.</summary>
internal static class PublicPages
{
    /// <summary>"Monday, 7 December 2026", where the digest is at home.</summary>
    public static string Day(this ArchivedEdition edition) =>
        Zone.Of(edition.Timezone).Local(edition.SentAt).ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>Ids of the roles whose articles fit a reader with this one.</summary>
    public static int[] Fitting(this Taxonomy taxonomy, Role role) => [.. taxonomy.Roles.Where(r => taxonomy.Fits(role.Id, r.Id)).Select(r => r.Id)];

    /// <summary>The beginning of a text, for where there is room for no more.</summary>
    public static string Teaser(string? text) => UntrustedText.OneLine(text ?? "", 200);
}
