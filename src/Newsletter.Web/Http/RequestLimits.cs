using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Newsletter.Web.Http;

/// <summary>Limits the size of requests. They are checked before the body is read, so that a large request costs little.</summary>
internal static class RequestLimits
{
    /// <summary>
    /// In bytes: enough for 10,000 percent-encoded letters of any script. Pages with file uploads have a limit of their own.
    /// </summary>
    private const int LargestBody = 256 * 1024;

    /// <summary>In bytes, percent-encoded.</summary>
    private const int LongestField = 96 * 1024;

    private const int LongestName = 100;

    /// <summary>Enough for all checkboxes, the answers to questions about roles, and the other fields.</summary>
    private const int MostFields = 300;

    /// <summary>In characters, with the question mark. Our longest query is the sign-in page's return URL.</summary>
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
            // Keep uploads in memory: they are small, and a temporary file would fail if the disk is full.
            form.MemoryBufferThreshold = Pages.Editor.Roles.RolesModel.LargestBody;
        });
    }

    /// <summary>Must run after routing, because an endpoint can have a limit of its own.</summary>
    public static void UseRequestLimits(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // The error page runs with the refused request: checking it again would refuse the error page.
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
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.Charset.StartsWith("utf-", StringComparison.OrdinalIgnoreCase)
            && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            // Reading a form in UTF-7 throws, and in UTF-16 finds no field.
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }
        return next(context);
    });
}
