using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Notices;

internal static class NoticesRegistration
{
    public static IServiceCollection AddNotices(this IServiceCollection services)
    {
        services.AddSingleton<NoticeRenderer>();
        services.AddSingleton<NoticeStore>();
        services.AddSingleton<CorrectionStore>();
        services.AddSingleton<NoticeMails>();
        services.AddSingleton<NoticeSending>();
        return services;
    }
}
