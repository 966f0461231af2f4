using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Web;

/// <summary>How large a request may be: looked at before anything is read, and long before anything is computed of it.</summary>
internal static class RequestLimits
{
    /// <summary>Of a body, in bytes: ten thousand letters of any script, each of them percent-encoded. A page with files says its own.</summary>
    private const int LargestBody = 256 * 1024;

    /// <summary>In bytes, as they are encoded.</summary>
    private const int LongestField = 96 * 1024;

    private const int LongestName = 100;

    /// <summary>Boxes that are ticked, questions that are answered, and the rest.</summary>
    private const int MostFields = 300;

    /// <summary>In characters, with its question mark: the longest of ours is a sign-in that leads on to a page.</summary>
    private const int LongestQuery = 2048;

    public static void AddRequestLimits(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(server => server.Limits.MaxRequestBodySize = LargestBody);
        services.Configure<FormOptions>(form =>
        {
            form.ValueCountLimit = MostFields;
            form.KeyLengthLimit = LongestName;
            form.ValueLengthLimit = LongestField;
            form.MultipartHeadersCountLimit = 8;
            // Uploads are small: none of them needs room on a disk, which may be full.
            form.MemoryBufferThreshold = Pages.Editor.RolesModel.LargestBody;
        });
    }

    /// <summary>To be used after routing: an endpoint may have a limit of its own.</summary>
    public static void UseRequestLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // The page that says so is asked for with the same body.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null || context.Features.Get<IExceptionHandlerFeature>() is not null)
        {
            return next(context);
        }
        if (context.Request.QueryString.Value?.Length > LongestQuery)
        {
            context.Response.StatusCode = StatusCodes.Status414UriTooLong;
            return Task.CompletedTask;
        }
        if (context.Request.ContentLength > context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        }
        return next(context);
    });
}
