using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Newsletter.Tests.Support;

/// <summary>The connection pooler, before the server of all tests.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo folder;
    private readonly int port;

    private PgBouncer(Process process, DirectoryInfo folder, int port) => (this.process, this.folder, this.port) = (process, folder, port);

    /// <param name="settings">Lines for its configuration.</param>
    public static async Task<PgBouncer> StartAsync(string mode, params string[] settings)
    {
        var server = new NpgsqlConnectionStringBuilder((await TestDatabase.ServerAsync()).ConnectionString);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var folder = Directory.CreateTempSubdirectory("nl-bouncer-");
        folder.UnixFileMode |= UnixFileMode.OtherExecute | UnixFileMode.OtherRead;
        var file = Path.Combine(folder.FullName, "pgbouncer.ini");
        await File.WriteAllLinesAsync(file,
        [
            "[databases]", $"* = host={server.Host} user={server.Username}",
            "[pgbouncer]", "listen_addr = 127.0.0.1", $"listen_port = {port}", "unix_socket_dir =", "auth_type = any", $"pool_mode = {mode}", .. settings,
        ]);
        // As root it refuses to run, and the server's socket is its owner's.
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", Programs.Find("pgbouncer"), "-q", file])
            : new ProcessStartInfo(Programs.Find("pgbouncer"), ["-q", file]);
        start.WorkingDirectory = "/";
        var bouncer = new PgBouncer(Process.Start(start)!, folder, port);
        for (var tries = 0; tries < 200 && !bouncer.process.HasExited; tries++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return bouncer;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        await bouncer.DisposeAsync();
        throw new InvalidOperationException($"PgBouncer does not listen on port {port}.");
    }

    /// <summary>To the same database, by way of the pooler.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ConnectionString;

    public async ValueTask DisposeAsync()
    {
        // runuser hands this signal on.
        await Faults.Signal.SendAsync("TERM", process);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
