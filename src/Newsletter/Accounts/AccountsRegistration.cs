using Microsoft.Extensions.DependencyInjection;

namespace Newsletter.Accounts;

internal static class AccountsRegistration
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<EditorStore>();
        services.AddSingleton<SetupLinkStore>();
        services.AddSingleton<SetupLinks>();
        services.AddSingleton<EditorAccess>();
        services.AddSingleton<EditorSessionStore>();
        services.AddSingleton<EditorSessions>();
        services.AddSingleton<SignInTryStore>();
        services.AddSingleton<SignInJournal>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<PasswordChange>();
        return services;
    }
}
