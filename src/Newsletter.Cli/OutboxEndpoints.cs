using Newsletter.MailCatcher;
using Newsletter.Web.Http;
using Newsletter.Web.SignIn;

namespace Newsletter.Cli;

/// <summary>A caught mail's HTML for the frame on its page, and its source.</summary>
internal static class OutboxEndpoints
{
    public static void MapOutbox(this IEndpointRouteBuilder routes, MailFolder outbox)
    {
        var mail = routes.MapGroup("/outbox/{id}").RequireAuthorization(Policies.Outbox);
        mail.MapGet("/html", async (string id, HttpContext context) =>
        {
            if (await outbox.OpenAsync(id) is not { Message.HtmlBody: { } html })
            {
                return Results.NotFound();
            }
            context.Response.Headers.ContentSecurityPolicy = ContentPolicy.FramedMail;
            // Our pages refuse to be framed, so links leave the frame.
            return Results.Content(html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.Ordinal), "text/html; charset=utf-8");
        });
        mail.MapGet("/raw", async (string id) =>
            await outbox.OpenAsync(id) is { } caught ? Results.Bytes(caught.Raw, "text/plain; charset=utf-8") : Results.NotFound());
    }
}
