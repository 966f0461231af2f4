using System.Net;
using AngleSharp.Html.Parser;

namespace Newsletter.Tests.Web;

/// <summary>A client that calls all endpoints with one permission.</summary>
/// <param name="permission">Null: the client is not signed in.</param>
internal sealed class AccessTry(Site site, string? permission)
{
    private HttpClient? client;

    /// <returns>"yes", "no" or "sign in"; otherwise "failed" with the reason.</returns>
    public async Task<string> OfAsync(ListedEndpoint endpoint, string path)
    {
        var browser = await ClientAsync();
        using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), path + endpoint.Query);
        if (endpoint.Method == "POST")
        {
            request.Content = Site.Form(("__RequestVerificationToken", await TokenAsync(browser)));
        }
        using var answer = await browser.SendAsync(request);
        return answer.StatusCode switch
        {
            HttpStatusCode.Found when answer.Headers.Location!.ToString().Contains("/sign-in?", StringComparison.Ordinal) => "sign in",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound => "no",
            HttpStatusCode.BadRequest when (await answer.Content.ReadAsStringAsync()).Contains("The form could not be read", StringComparison.Ordinal)
                => "failed: no form",
            < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests and not HttpStatusCode.RequestEntityTooLarge => "yes",
            var status => $"failed with {(int)status}",
        };
    }

    /// <summary>Signs in again if the last call ended the session.</summary>
    private async Task<HttpClient> ClientAsync()
    {
        if (permission is null)
        {
            return client ??= new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = site.Address };
        }
        if (client is null || (await client.GetAsync("/editor")).StatusCode != HttpStatusCode.OK)
        {
            client = await site.SignedInAsync(permission);
        }
        return client;
    }

    private async Task<string> TokenAsync(HttpClient browser)
    {
        var page = new HtmlParser().ParseDocument(await browser.GetStringAsync(permission is null ? "/editor/sign-in" : "/editor"));
        return page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
    }
}
