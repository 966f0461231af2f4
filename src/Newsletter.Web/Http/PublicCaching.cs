using Microsoft.AspNetCore.Http;

namespace Newsletter.Web.Http;

/// <summary>Browsers and proxies may cache a response that is the same for all clients. All other responses have <c>no-store</c>.</summary>
internal static class PublicCaching
{
    public static void AllowPublicCaching(this HttpResponse response) => response.Headers.CacheControl = "public, max-age=300";
}
