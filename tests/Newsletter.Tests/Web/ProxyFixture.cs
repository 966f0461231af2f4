using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Web;

/// <summary>
/// Runs the program behind nginx and Caddy in a network namespace. The proxies end TLS and reach the program by an address that is
/// not loopback.
/// </summary>
public sealed partial class ProxyFixture : IAsyncLifetime
{
    public const string Host = "example.org";
    private const int Port = 8080;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-proxy-");
    private readonly TestProduct house = new();
    private readonly List<Process> processes = [];
    private NetworkNamespace? network;
    private Dictionary<string, string> settings = [];

    /// <summary>The port of each proxy.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; } = new Dictionary<string, int>
    {
        ["nginx, prefix kept"] = 8441, ["nginx, prefix taken off"] = 8442, ["Caddy, prefix kept"] = 8443, ["Caddy, prefix taken off"] = 8444,
    };

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        network = await NetworkNamespace.CreateAsync();
        await WriteCertificateAsync();
        var application = string.Create(CultureInfo.InvariantCulture, $"{network.Inside}:{Port}");
        await File.WriteAllTextAsync(In("nginx.conf"), Nginx(application));
        await File.WriteAllTextAsync(In("Caddyfile"), Caddy(application));

        settings = new Dictionary<string, string>(house.Configuration)
        {
            ["Site:PublicUrl"] = $"https://{Host}/news",
            ["Site:TrustedProxies"] = network.Inside,
            ["Data:Directory"] = In("data"),
        };
        Run(CliRun.Command(settings, "web", "--urls", $"http://{application}"));
        Run(new ProcessStartInfo(Programs.Find("nginx"), ["-p", folder.FullName, "-c", In("nginx.conf"), "-e", In("nginx.log")]));
        Run(new ProcessStartInfo(Programs.Find("caddy"), ["run", "--config", In("Caddyfile"), "--adapter", "caddyfile"])
        {
            Environment = { ["HOME"] = folder.FullName, ["XDG_DATA_HOME"] = folder.FullName, ["XDG_CONFIG_HOME"] = folder.FullName },
        });
        foreach (var port in Ports.Values.Append(Port))
        {
            await network.ListensAsync(port);
        }
    }

    /// <returns>Path of the set-up link for a new operator.</returns>
    public async Task<string> InviteAsync(string email)
    {
        var run = await CliRun.OfAsync(settings, ["editors", "add", email, "--permission", "operator"]);
        return new Uri(Link().Match(run.Output).Value).AbsolutePath;
    }

    /// <summary>A client that connects to this proxy for the public host name.</summary>
    public HttpClient Client(string proxy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        ConnectCallback = async (_, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Parse(network!.Inside), Ports[proxy], cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri($"https://{Host}/"),
    };

    public async Task DisposeAsync()
    {
        foreach (var process in processes)
        {
            await Signal.SendAsync("TERM", process);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        if (network is not null)
        {
            await network.DisposeAsync();
        }
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [GeneratedRegex(@"https://\S+/editor/setup/\w+")]
    private static partial Regex Link();

    private void Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = NetworkNamespace.Start(start);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        processes.Add(process);
    }

    private string In(string file) => Path.Combine(folder.FullName, file);

    private async Task WriteCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=" + Host, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(In("cert.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(In("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The configuration in our documentation, and a common short one that sets no headers and removes the prefix.</summary>
    private string Nginx(string application) =>
        $$"""
        daemon off;
        user root;
        pid {{In("nginx.pid")}};
        events {}
        http {
          access_log off;
          client_body_temp_path {{In("body")}};
          proxy_temp_path {{In("proxy")}};
          fastcgi_temp_path {{In("fastcgi")}};
          uwsgi_temp_path {{In("uwsgi")}};
          scgi_temp_path {{In("scgi")}};
          ssl_certificate {{In("cert.pem")}};
          ssl_certificate_key {{In("key.pem")}};
          server {
            listen {{network!.Inside}}:{{Ports["nginx, prefix kept"]}} ssl;
            location /news/ {
              proxy_pass http://{{application}};
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            }
          }
          server {
            listen {{network.Inside}}:{{Ports["nginx, prefix taken off"]}} ssl;
            location /news/ { proxy_pass http://{{application}}/; }
          }
        }
        """;

    private string Caddy(string application) =>
        $$"""
        {
          admin off
          auto_https off
        }
        https://:{{Ports["Caddy, prefix kept"]}} {
          tls {{In("cert.pem")}} {{In("key.pem")}}
          reverse_proxy /news/* {{application}}
        }
        https://:{{Ports["Caddy, prefix taken off"]}} {
          tls {{In("cert.pem")}} {{In("key.pem")}}
          handle_path /news/* {
            reverse_proxy {{application}}
          }
        }
        """;
}
