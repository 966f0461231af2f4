using Microsoft.AspNetCore.Http;
using Newsletter.Database;

namespace Newsletter.Web.Http;

/// <summary>The HTTP status code of each exception.</summary>
internal static class Failures
{
    public const string Path = "/error";

    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.NotFound => StatusCodes.Status404NotFound,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Unreachable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    public static int StatusOf(Exception failure) => failure switch
    {
        Refusal refusal => StatusOf(refusal.Kind),
        BadHttpRequestException bad => bad.StatusCode,
        _ when Outage.Describe(failure) is not null => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
