using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Cli;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Web;

/// <summary>The cookie keys in the database are encrypted, so that a copy of the database is not enough to forge cookies.</summary>
public sealed class KeyEncryptionTests : IAsyncLifetime
{
    private const string OtherKey = "another key for links, of a later day";
    private readonly TestDatabase database = new();
    private readonly Site site;

    public KeyEncryptionTests() => site = new Site(database);

    public Task InitializeAsync() => database.InitializeAsync();

    public Task DisposeAsync() => site.DisposeAsync();

    [Fact]
    public async Task No_key_lies_in_the_clear_after_a_session_was_made()
    {
        await site.StartAsync();
        using var editor = await site.SignedInAsync();
        Assert.NotEmpty(await RowsAsync());
        await OnlyEncryptedAsync();
    }

    [Fact]
    public async Task A_key_from_before_is_encrypted_at_the_start_and_its_sessions_live_on()
    {
        await using var before = new ServerBefore(database);
        var session = before.Session("somebody");
        Assert.Contains("<value>", Assert.Single(await RowsAsync()), StringComparison.Ordinal);
        await site.StartAsync();
        await OnlyEncryptedAsync();
        Assert.Equal("somebody", site.Get<IDataProtectionProvider>().CreateProtector("session").Unprotect(session));
        var rows = await RowsAsync();
        await using var again = await LaterAsync(("Site:SigningKeys:0", new string('k', 32)));
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task A_new_signing_key_takes_over_and_without_the_old_one_only_sessions_end()
    {
        await site.StartAsync();
        var session = site.Get<IDataProtectionProvider>().CreateProtector("session").Protect("somebody");
        await using (var both = await LaterAsync(("Site:SigningKeys:0", OtherKey), ("Site:SigningKeys:1", new string('k', 32))))
        {
            Assert.Equal("somebody", both.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session").Unprotect(session));
        }
        await using (var one = await LaterAsync(("Site:SigningKeys:0", OtherKey)))
        {
            Assert.Equal("somebody", one.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session").Unprotect(session));
        }
        await using var stranger = await LaterAsync(("Site:SigningKeys:0", "a key that nobody has seen here before"));
        var protector = stranger.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session");
        Assert.ThrowsAny<Exception>(() => protector.Unprotect(session));
        Assert.Equal("fresh", protector.Unprotect(protector.Protect("fresh")));
        await OnlyEncryptedAsync();
    }

    private async Task<WebApplication> LaterAsync(params (string Name, string Value)[] keys)
    {
        var settings = site.Settings.Where(setting => !setting.Key.StartsWith("Site:SigningKeys", StringComparison.Ordinal)).ToDictionary();
        foreach (var (name, value) in keys)
        {
            settings[name] = value;
        }
        return await Hosts.WebAsync(await Installation.OpenAsync(settings), "http://127.0.0.1:0", work: false, verbose: false);
    }

    private async Task<List<string>> RowsAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("select xml from data_protection_keys order by id")).AsList();
    }

    private async Task OnlyEncryptedAsync() => Assert.All(await RowsAsync(), xml =>
    {
        var key = XElement.Parse(xml);
        Assert.DoesNotContain(key.DescendantsAndSelf(),
            element => element.Name.LocalName is "masterKey" or "value" || element.Attributes().Any(a => a.Name.LocalName == "requiresEncryption"));
        // Keys of earlier versions name the same type: under another name, ASP.NET would not find it and all sessions would end.
        Assert.StartsWith(
            "Newsletter.Web.KeyDecryption, Newsletter.Web,",
            (string)Assert.Single(key.Descendants(), element => element.Name.LocalName == "encryptedSecret").Attribute("decryptorType")!,
            StringComparison.Ordinal);
    });

    /// <summary>Stores keys unencrypted, as earlier versions did.</summary>
    private sealed class ServerBefore : IXmlRepository, IAsyncDisposable
    {
        private readonly TestDatabase database;
        private readonly ServiceProvider services;

        public ServerBefore(TestDatabase database)
        {
            this.database = database;
            var collection = new ServiceCollection();
            collection.AddDataProtection().SetApplicationName("Newsletter");
            collection.Configure<KeyManagementOptions>(keys => keys.XmlRepository = this);
            services = collection.BuildServiceProvider();
        }

        public string Session(string who) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("session").Protect(who);

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            using var connection = database.DataSource.OpenConnection();
            return connection.Query<string>("select xml from data_protection_keys order by id").Select(xml => XElement.Parse(xml)).ToList();
        }

        public void StoreElement(XElement element, string friendlyName)
        {
            using var connection = database.DataSource.OpenConnection();
            connection.Execute("insert into data_protection_keys (xml) values (@xml)", new { xml = element.ToString(SaveOptions.DisableFormatting) });
        }

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }
}
