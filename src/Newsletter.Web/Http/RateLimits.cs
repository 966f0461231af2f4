using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Web.Http;

/// <summary>Rate limits for requests that send mail or try a password. Each web process counts for itself.</summary>
internal static class RateLimits
{
    /// <summary>
    /// 20 in 30 minutes: enough for an office behind one address. A script on one client is stopped before all sign-ups are
    /// held (<c>SignUpBrake</c>).
    /// </summary>
    public const string SignUp = "sign-up";

    /// <summary>20 in 5 minutes for one network. There is another limit for each pair of account and network.</summary>
    public const string SignIn = "sign-in";

    public static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        limits.AddPolicy(SignUp, context => Posts(context, 20, TimeSpan.FromMinutes(30)));
        limits.AddPolicy(SignIn, context => Posts(context, 20, TimeSpan.FromMinutes(5)));
    });

    private static RateLimitPartition<string> Posts(HttpContext context, int permits, TimeSpan window) =>
        HttpMethods.IsPost(context.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(
                ClientNetwork.Of(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window })
            : RateLimitPartition.GetNoLimiter("");
}
