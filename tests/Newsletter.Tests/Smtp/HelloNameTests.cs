using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Newsletter.Smtp;

namespace Newsletter.Tests.Smtp;

public sealed class HelloNameTests
{
    [Theory]
    [InlineData("news@Brief.Example", null, "EHLO brief.example")]
    [InlineData("news@bücher.example", null, "EHLO xn--bcher-kva.example")]
    [InlineData("news@brief.example", "", "EHLO brief.example")]
    [InlineData("news@brief.example", "mail7.brief.example", "EHLO mail7.brief.example")]
    [InlineData("news@brief.example", "Bücher.example", "EHLO xn--bcher-kva.example")]
    [InlineData("news@brief.example", "192.0.2.7", "EHLO [192.0.2.7]")]
    [InlineData("news@brief.example", "[192.0.2.7]", "EHLO [192.0.2.7]")]
    [InlineData("news@brief.example", "[IPv6:2001:db8::7]", "EHLO [IPv6:2001:db8::7]")]
    [InlineData("newsletter@localhost", null, "EHLO localhost")]
    public async Task A_relay_is_told_the_configured_name_or_the_senders_domain(string sender, string? name, string greeting) =>
        Assert.Equal(greeting, await GreetedAsync(port => new() { ["Sender:Address"] = sender, ["Smtp:HelloName"] = name, ["Smtp:Port"] = port }));

    [Fact]
    public async Task A_relay_of_several_has_a_name_of_its_own_or_the_common_one()
    {
        Assert.Equal("EHLO own.example", await GreetedAsync(port => Relays(port, "own.example")));
        Assert.Equal("EHLO common.example", await GreetedAsync(port => Relays(port, null)));

        static Dictionary<string, string?> Relays(string port, string? name) => new()
        {
            ["Smtp:Host"] = null, ["Smtp:HelloName"] = "common.example", ["Smtp:Relays:0:Host"] = "127.0.0.1", ["Smtp:Relays:0:Port"] = port,
            ["Smtp:Relays:0:Security"] = "none", ["Smtp:Relays:0:HelloName"] = name,
        };
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("name\r\nMAIL FROM:<a@example.com>")]
    [InlineData("under/slash")]
    [InlineData("-")]
    [InlineData("1234")]
    [InlineData("[mail.example.com]")]
    [InlineData("a..example")]
    public async Task What_is_no_name_of_a_host_is_refused(string name)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => GreetedAsync(port => new() { ["Smtp:HelloName"] = name, ["Smtp:Port"] = port }));
        Assert.Equal("Smtp:HelloName must be a domain such as mail.example.com, or an IP address.", refusal.Message);
    }

    /// <returns>The first line that a relay is sent.</returns>
    private static async Task<string?> GreetedAsync(Func<string, Dictionary<string, string?>> settings)
    {
        using var relay = new TcpListener(IPAddress.Loopback, 0);
        relay.Start();
        var port = ((IPEndPoint)relay.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Smtp:Host"] = "127.0.0.1", ["Smtp:Security"] = "none" })
            .AddInMemoryCollection(settings(port)).Build();
        await using var services = new ServiceCollection().AddLogging().AddNewsletter(configuration, "Host=127.0.0.1").BuildServiceProvider();
        var opening = services.GetRequiredService<SmtpPool>().LeaseAsync();
        using var connection = await relay.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await connection.GetStream().WriteAsync("220 relay.example\r\n"u8.ToArray());
        using var lines = new StreamReader(connection.GetStream());
        var line = await lines.ReadLineAsync();
        connection.Close();
        await Assert.ThrowsAsync<Refusal>(() => opening);
        return line;
    }
}
