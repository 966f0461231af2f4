using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Newsletter.Accounts;
using Newsletter.Addresses;
using Newsletter.Alarms;
using Newsletter.Archive;
using Newsletter.Choosing;
using Newsletter.Database;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Dkim;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Links;
using Newsletter.Membership;
using Newsletter.Monitoring;
using Newsletter.Newsroom;
using Newsletter.Notices;
using Newsletter.Planning;
using Newsletter.Rendering;
using Newsletter.Restores;
using Newsletter.Roles;
using Newsletter.Sending;
using Newsletter.Smtp;
using Newsletter.Subscribers;
using Newsletter.Transfer;

namespace Newsletter;

/// <summary>Lists the rooms. Each one registers its own classes, one instance per process.</summary>
public static class Registration
{
    /// <param name="configuration">Each room reads and checks its section now.</param>
    /// <exception cref="Refusal">Invalid: a setting that cannot be read.</exception>
    public static IServiceCollection AddNewsletter(this IServiceCollection services, IConfiguration configuration, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        var sender = services.AddSection<SenderOptions>(configuration, "Sender");
        return services
            .AddDatabase(connectionString)
            .AddLinks(configuration)
            .AddAddresses()
            .AddRestores(configuration)
            .AddRoles()
            .AddItems()
            .AddDkim(configuration)
            .AddSmtp(configuration, sender.Domain)
            .AddRendering(configuration)
            .AddChoosing(configuration)
            .AddDeliveries(configuration)
            .AddAlarms(configuration)
            .AddNotices()
            .AddSubscribers()
            .AddMembership(configuration)
            .AddTransfer()
            .AddDigests()
            .AddArchive()
            .AddPlanning()
            .AddMonitoring()
            .AddSending()
            .AddLifecycle()
            .AddNewsroom()
            .AddAccounts()
            .AddSingleton(provider => new PasswordRules(
            [
                sender.Name, provider.GetRequiredService<IOptions<BrandOptions>>().Value.Name,
                provider.GetRequiredService<IOptions<SiteOptions>>().Value.PublicUrl,
            ]));
    }

    /// <summary>Reads a section of the configuration, checks it and registers it as <see cref="IOptions{TOptions}"/>.</summary>
    /// <exception cref="Refusal">Invalid: a value that cannot be read, or that the check refuses.</exception>
    internal static T AddSection<T>(this IServiceCollection services, IConfiguration configuration, string name, Func<T, T>? check = null)
        where T : class, new()
    {
        try
        {
            var options = configuration.GetSection(name).Get<T>() ?? new T();
            options = check?.Invoke(options) ?? options;
            services.AddSingleton(Options.Create(options));
            return options;
        }
        catch (InvalidOperationException failure)
        {
            throw Refusal.Invalid($"The configuration section {name} cannot be read: {failure.Message.TrimEnd('.')}.");
        }
    }
}
