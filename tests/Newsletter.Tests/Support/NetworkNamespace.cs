using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Newsletter.Tests.Support;

/// <summary>
/// A Linux network namespace for test servers. Other machines cannot reach them. This process reaches them by an address that is
/// not loopback.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static readonly string Name = string.Create(CultureInfo.InvariantCulture, $"nl{Environment.ProcessId}");

    private NetworkNamespace(string outside, string inside) => (Outside, Inside) = (outside, inside);

    /// <summary>Address of this process, as the servers inside see it.</summary>
    public string Outside { get; }

    public string Inside { get; }

    public static async Task<NetworkNamespace> CreateAsync()
    {
        // 198.18.0.0/15 is reserved for tests (RFC 2544). Each test process uses four addresses of it.
        var block = Environment.ProcessId % 32768 * 4;
        var network = string.Create(CultureInfo.InvariantCulture, $"198.{18 + (block >> 16)}.{(block >> 8) & 255}.");
        var made = new NetworkNamespace(network + (block % 256 + 1), network + (block % 256 + 2));
        await IpAsync("netns", "add", Name);
        await IpAsync("link", "add", Name + "o", "type", "veth", "peer", "name", Name + "i", "netns", Name);
        await IpAsync("addr", "add", made.Outside + "/30", "dev", Name + "o");
        await IpAsync("link", "set", Name + "o", "up");
        await IpAsync("-n", Name, "addr", "add", made.Inside + "/30", "dev", Name + "i");
        await IpAsync("-n", Name, "link", "set", Name + "i", "up");
        await IpAsync("-n", Name, "link", "set", "lo", "up");
        return made;
    }

    /// <summary>Starts a program inside the namespace.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        foreach (var (word, i) in ((string[])["netns", "exec", Name, start.FileName]).Select((word, i) => (word, i)))
        {
            start.ArgumentList.Insert(i, word);
        }
        start.FileName = Programs.Find("ip");
        return Process.Start(start)!;
    }

    /// <summary>Waits until a server listens on the port, for at most two minutes.</summary>
    public async Task ListensAsync(int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Parse(Inside), port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    public async ValueTask DisposeAsync() => await IpAsync("netns", "del", Name);

    private static async Task IpAsync(params string[] words)
    {
        using var ip = Process.Start(new ProcessStartInfo(Programs.Find("ip"), words) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        Assert.True(ip.ExitCode == 0, $"ip {string.Join(' ', words)}: {error} (networks are made by root)");
    }
}
