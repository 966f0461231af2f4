using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Cli;

/// <summary>Commands beside a running demo print where it listens.</summary>
public sealed partial class DemoAddressTests
{
    [Fact]
    public async Task Commands_on_the_data_of_a_demo_print_its_address()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        using var demo = CliRun.Start(new Dictionary<string, string>(), "demo", "--port", port.ToString(CultureInfo.InvariantCulture));
        try
        {
            var said = "";
            while (!said.Contains("Ctrl+C", StringComparison.Ordinal))
            {
                said += await demo.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2))
                    ?? throw new InvalidOperationException("The demo ended: " + said);
            }
            var settings = new Dictionary<string, string> { ["Data:Directory"] = DataDirectory().Match(said).Groups[1].Value };
            Assert.StartsWith(
                address + "/editor/setup/", (await CliRun.OfAsync(settings, ["editors", "add", "x@example.org"])).Output, StringComparison.Ordinal);
            Assert.Matches($"public address +good +{address}\n", (await CliRun.OfAsync(settings, ["doctor"])).Output);
        }
        finally
        {
            await Signal.SendAsync("TERM", demo);
            await demo.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    [GeneratedRegex("--Data:Directory ([^ ]+)")]
    private static partial Regex DataDirectory();
}
