using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Newsletter.Addresses;
using Newsletter.Archive;
using Newsletter.Links;
using Newsletter.Roles;
using Newsletter.Web.Http;
using Newsletter.Web.Pages.Public;

namespace Newsletter.Web.Feeds;

/// <summary>Atom feeds of published items: all of them, or those that fit a role.</summary>
internal static class FeedEndpoints
{
    private const string All = "all";
    private const int MostEntries = 50;

    public static void MapFeeds(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/feeds/{role}.xml", FeedAsync);

    /// <summary>Has an ETag and Last-Modified, so that clients with a current copy get 304.</summary>
    /// <param name="role">A slug, or <c>all</c>.</param>
    private static async Task<IResult> FeedAsync(
        string role, HttpContext context, ArchiveStore archive, TaxonomyStore taxonomies, IOptions<SiteOptions> site, IOptions<SenderOptions> sender)
    {
        var taxonomy = await taxonomies.LoadAsync();
        var wanted = role == All ? null : taxonomy.Find(role);
        if (wanted is null && role != All)
        {
            return Results.NotFound();
        }
        var items = await archive.LatestAsync(wanted is null ? null : taxonomy.Fitting(wanted), MostEntries);
        var name = sender.Value.Name;
        var feed = new AtomFeed(site.Value.Root(), name).Write(
            wanted is null ? name : $"{name} for {wanted.Name}", $"/feeds/{role}.xml", wanted is null ? "/archive" : $"/archive?role={role}", items);
        context.Response.AllowPublicCaching();
        return Results.Bytes(
            feed, "application/atom+xml; charset=utf-8", lastModified: AtomFeed.UpdatedAt(items),
            entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(feed))[..32]}\""));
    }
}
