using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Newsletter.Web.Pages.Public;

/// <summary>Error pages for all status codes. They show no internal details.</summary>
[IgnoreAntiforgeryToken]
public sealed class ErrorModel : PageModel
{
    public string Heading { get; private set; } = "";

    public string Message { get; private set; } = "";

    /// <summary>The response is 404.</summary>
    public bool IsMissing => Response.StatusCode == StatusCodes.Status404NotFound;

    /// <summary>The failed request was for an editors' page.</summary>
    public bool IsOfEditors =>
        (HttpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? HttpContext.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath)
            ?.StartsWith("/editor", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>
    /// Runs before the handlers, because the failed request can have any method. NonHandler: without it, ASP.NET would take this
    /// method for the handler of a method PAGE, because of its name.
    /// </summary>
    [NonHandler]
    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        var isOurs = HttpContext.Features.Get<IExceptionHandlerFeature>() is not null || HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is not null;
        if (!isOurs)
        {
            Response.StatusCode = 404;
        }
        (Heading, Message) = Response.StatusCode switch
        {
            400 => (
                "That did not work",
                "The form could not be read: it contains more than we accept, or its page was open for too long. "
                + "Go back, load the page again, and send it once more."),
            403 => ("Not for you", "Your permission does not allow this: ask an operator."),
            404 => ("Nothing here", "There is no such page. Its address may be incomplete: copy it again, or start from here."),
            405 => ("That did not work", "This page does not understand such a request."),
            409 => ("Something changed meanwhile", "Load the page again and check what changed."),
            413 => ("Too large", "The request is larger than we accept."),
            414 => ("Too long", "The address of the page is longer than we accept."),
            429 => (
                "A little slower, please",
                $"There were too many requests from your network: wait {Minutes(Response.Headers.RetryAfter)}, then try again."),
            503 => ("Back in a moment", "A service that we depend on does not respond. Please try again soon."),
            < 500 => ("That did not work", "The request could not be understood."),
            _ => ("Something went wrong", "The error is on our side, and we have logged it. Please try again later."),
        };
        if (HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error is Refusal refusal)
        {
            Message = refusal.Message;
            Heading = IsMissing ? "This link does not work" : Heading;
        }
    }

    private static string Minutes(string? seconds) =>
        int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var wait) && wait > 60
            ? Amount.Of((wait + 59) / 60, "minute")
            : "a minute";
}
