using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Npgsql;

namespace Newsletter.Web;

/// <summary>What a load balancer and an orchestrator ask.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live"));
        routes.MapGet("/health/ready", ReadyAsync);
    }

    /// <summary>Whether the database answers and its schema is this program's.</summary>
    private static async Task<IResult> ReadyAsync(Migrations migrations, ILogger<Migrations> log, CancellationToken cancel)
    {
        try
        {
            await migrations.EnsureCurrentAsync(cancel);
            return Results.Text("ready");
        }
        catch (Exception failure) when (failure is Refusal or NpgsqlException)
        {
            // To the log, not to whoever asks: it names hosts.
            log.LogWarning("Not ready: {Reason}", failure.Message);
            return Results.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
