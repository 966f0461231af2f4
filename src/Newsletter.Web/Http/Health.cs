using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Newsletter.Database;
using Newsletter.Restores;
using Npgsql;

namespace Newsletter.Web.Http;

/// <summary>Health checks for load balancers and orchestrators.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live"));
        routes.MapGet("/health/ready", ReadyAsync);
    }

    /// <summary>Ready if the database answers and has the schema of this version. Warnings are for people and do not change the status.</summary>
    private static async Task<IResult> ReadyAsync(Migrations migrations, SendingGuard guard, ILogger<Migrations> log, CancellationToken cancel)
    {
        try
        {
            await migrations.EnsureCurrentAsync(cancel);
            return Results.Json(new { status = "ready", warnings = await guard.IsHeldAsync() ? ["restored"] : Array.Empty<string>() });
        }
        catch (Exception failure) when (failure is Refusal or NpgsqlException)
        {
            // The message goes to the log, not into the response, because it names hosts.
            log.LogWarning("Not ready: {Reason}", failure.Message);
            return Results.Json(new { status = "not ready", warnings = Array.Empty<string>() }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
