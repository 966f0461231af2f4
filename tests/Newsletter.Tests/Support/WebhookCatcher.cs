using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Newsletter.Tests.Support;

/// <summary>An HTTP server that keeps what is posted to it, and answers as a test says.</summary>
internal sealed class WebhookCatcher : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebhookCatcher(WebApplication app) => this.app = app;

    public ConcurrentQueue<JsonElement> Posts { get; } = new();

    public int Status { get; set; } = 204;

    public string? Location { get; set; }

    public string Url => app.Urls.Single() + "/alarm";

    public static async Task<WebhookCatcher> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var catcher = new WebhookCatcher(builder.Build());
        catcher.app.Urls.Add("http://127.0.0.1:0");
        catcher.app.MapPost("/alarm", async (HttpContext context) =>
        {
            catcher.Posts.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body));
            context.Response.StatusCode = catcher.Status;
            if (catcher.Location is { } location)
            {
                context.Response.Headers.Location = location;
            }
        });
        await catcher.app.StartAsync();
        return catcher;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
