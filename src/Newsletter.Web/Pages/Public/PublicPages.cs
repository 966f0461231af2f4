using System.Globalization;
using Newsletter.Archive;
using Newsletter.Mime;
using Newsletter.Roles;
using Newsletter.Zones;

namespace Newsletter.Web.Pages.Public;

/// <summary>Shared by the public pages and feeds.</summary>
internal static class PublicPages
{
    /// <summary>"Monday, 7 December 2026", in the time zone of the digest.</summary>
    public static string Day(this ArchivedEdition edition) =>
        Zone.Of(edition.Timezone).Local(edition.SentAt).ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>Ids of the roles whose items fit a reader with this role.</summary>
    public static int[] Fitting(this Taxonomy taxonomy, Role role) => [.. taxonomy.Roles.Where(r => taxonomy.Fits(role.Id, r.Id)).Select(r => r.Id)];

    /// <summary>The beginning of a text, up to 200 characters.</summary>
    public static string Teaser(string? text) => UntrustedText.OneLine(text ?? "", 200);
}
