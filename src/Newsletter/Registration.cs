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
using Npgsql;

namespace Newsletter;

/// <summary>The product's parts, each once a process.</summary>
public static class Registration
{
    /// <summary>Planning reads hundreds of megabytes; with the default of 8 kB it wakes up for each eight of them.</summary>
    private const int ReadBuffer = 64 * 1024;

    /// <param name="configuration">Read now: sections <c>Smtp</c>, <c>Dkim</c>, <c>Sender</c>, <c>Brand</c>, <c>Templates</c>, <c>Data</c>, <c>Site</c>, <c>Delivery</c>, <c>Choosing</c>, <c>Subscribers</c>, <c>Alarm</c>.</param>
    /// <exception cref="Refusal">Invalid: a setting that cannot be read.</exception>
    public static IServiceCollection AddNewsletter(this IServiceCollection services, IConfiguration configuration, string connectionString)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ReadBufferSize = ReadBuffer }));
        var sender = services.AddSection<SenderOptions>(configuration, "Sender");
        services.AddSection<SmtpOptions>(configuration, "Smtp", options => options.WithHelloName(sender.Domain));
        services.AddSection<DkimOptions>(configuration, "Dkim");
        services.AddSection<BrandOptions>(configuration, "Brand", options => options.Checked());
        services.AddSection<TemplateOptions>(configuration, "Templates");
        services.AddSection<SiteOptions>(configuration, "Site", options => options.Checked());
        services.AddSection<DeliveryOptions>(configuration, "Delivery", options => options.Checked());
        services.AddSection<ChoosingOptions>(configuration, "Choosing", options => options.Checked());
        services.AddSection<SubscribersOptions>(configuration, "Subscribers", options => options.Checked());

        services.AddSection<DataOptions>(configuration, "Data");
        services.AddSingleton<InstallationStore>();
        services.AddSingleton<SendingGuard>();

        services.AddSection<AlarmOptions>(configuration, "Alarm", options => options.Checked());

        services.AddSingleton<AuditStore>();
        services.AddSingleton(new Migrations(connectionString));

        services.AddSingleton(provider => new SigningKeys(provider.GetRequiredService<IOptions<SiteOptions>>().Value.SigningKeys));
        services.AddSingleton(provider => new SignedLinks(
            provider.GetRequiredService<SigningKeys>(), provider.GetRequiredService<IOptions<SiteOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SuppressionStore>();

        services.AddSingleton<TaxonomyStore>();
        services.AddSingleton<TaxonomyImport>();
        services.AddSingleton<LabelStore>();
        services.AddSingleton<LabelCleanUpStore>();

        services.AddSingleton<StoryStore>();
        services.AddSingleton<ItemStore>();
        services.AddSingleton<ItemImport>();

        services.AddSingleton(provider => new Templates(TemplateSources.Read(provider.GetRequiredService<IOptions<TemplateOptions>>().Value.Directory)));
        services.AddSingleton(provider => new Renderer(provider.GetRequiredService<Templates>(), provider.GetRequiredService<IOptions<BrandOptions>>().Value));
        services.AddSingleton<NoticeRenderer>();

        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<RelayAbsenceStore>();
        services.AddSingleton<RelayWatch>();
        services.AddSingleton(provider => new SmtpPool(
            provider.GetRequiredService<IOptions<SmtpOptions>>(), provider.GetRequiredService<DkimSigner>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RelayWatch>().NoteAsync));
        services.AddSingleton<SendingLimitStore>();
        services.AddSingleton<DomainLimits>();
        services.AddSingleton<DkimSigner>();

        services.AddSingleton<AlarmStore>();
        services.AddSingleton<AlarmRaising>();
        services.AddSingleton<AlarmMails>();
        services.AddSingleton<AlarmWebhook>();
        services.AddSingleton<AlarmSending>();
        services.AddSingleton<RelayAlarms>();

        services.AddSingleton<SubscriberStore>();
        services.AddSingleton<PreferenceChange>();
        services.AddSingleton<ReturnRequest>();
        services.AddSingleton<AddSubscriber>();
        services.AddSingleton<SignUp>();
        services.AddSingleton<SignUpQueueStore>();
        services.AddSingleton<SignUpQueue>();
        services.AddSingleton<SignUpStore>();
        services.AddSingleton<SignUpExpiry>();
        services.AddSingleton<SignUpBrakeStore>();
        services.AddSingleton<SignUpBrake>();
        services.AddSingleton<SignUpAlarms>();
        services.AddSingleton<NewLabelStore>();
        services.AddSingleton<LabelCleanUp>();
        services.AddSingleton<Confirmation>();
        services.AddSingleton<Unsubscribing>();
        services.AddSingleton<ImportStore>();
        services.AddSingleton<SubscriberImport>();
        services.AddSingleton<SubscriberExport>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<NoticeStore>();
        services.AddSingleton<CorrectionStore>();
        services.AddSingleton<NoticeMails>();
        services.AddSingleton<NoticeSending>();
        services.AddSingleton<DataRequest>();
        services.AddSingleton<PersonalDataStore>();

        services.AddSingleton<DigestStore>();
        services.AddSingleton<EditionStore>();
        services.AddSingleton<CompositionStore>();
        services.AddSingleton<PlanInputStore>();
        services.AddSingleton<OverrideStore>();
        services.AddSingleton<PlanInputLoader>();
        services.AddSingleton<EditionPlanning>();
        services.AddSingleton<OverrideEditing>();
        services.AddSingleton<EditionText>();
        services.AddSingleton<Simulation>();
        services.AddSingleton<CoverageStore>();
        services.AddSingleton<Coverage>();
        services.AddSingleton<EditionSteps>();
        services.AddSingleton<EditionDesignStore>();
        services.AddSingleton<EditionDesigns>();
        services.AddSingleton<EditionMailFactory>();
        services.AddSingleton<EditionJournal>();
        services.AddSingleton<EditionAlarms>();
        services.AddSingleton<EditionSending>();
        services.AddSingleton<DueEditions>();
        services.AddSingleton<HistoryPageStore>();
        services.AddSingleton<HistoryPacking>();
        services.AddSingleton<TestSending>();
        services.AddSingleton<ForegroundSending>();
        services.AddSingleton<Correcting>();
        services.AddSingleton<ArchiveStore>();
        services.AddSingleton<Archiving>();
        services.AddSingleton<ItemPageStore>();
        services.AddSingleton<RestoreStore>();
        services.AddSingleton<RestoreConfirmation>();
        services.AddSingleton<RestoreAlarms>();
        services.AddSingleton<Explaining>();
        services.AddSingleton<Preview>();

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
        services.AddSingleton(provider => new PasswordRules(
        [
            provider.GetRequiredService<IOptions<SenderOptions>>().Value.Name, provider.GetRequiredService<IOptions<BrandOptions>>().Value.Name,
            provider.GetRequiredService<IOptions<SiteOptions>>().Value.PublicUrl,
        ]));
        return services;
    }

    private static T AddSection<T>(this IServiceCollection services, IConfiguration configuration, string name, Func<T, T>? check = null)
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
