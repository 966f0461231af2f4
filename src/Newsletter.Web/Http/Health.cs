using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Web.Http;

/// <summary>What a load balancer and an orchestrator ask.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live"));
        routes.MapGet("/health/ready", ReadyAsync);
    }

    /// <summary>Whether the database answers and its schema is this program's. A warning is for people: pages work all the same.</summary>
    private static async Task<IResult> ReadyAsync(Migrations migrations, SendingGuard guard, ILogger<Migrations> log, CancellationToken cancel)
    {
        try
        {
            await migrations.EnsureCurrentAsync(cancel);
            return Results.Json(new { status = "ready", warnings = await guard.IsHeldAsync() ? ["restored"] : Array.Empty<string>() });
        }
        catch (Exception failure) when (failure is Refusal or NpgsqlException)
        {
            // To the log, not to whoever asks: it names hosts.
            log.LogWarning("Not ready: {Reason}", failure.Message);
            return Results.Json(new { status = "not ready", warnings = Array.Empty<string>() }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
