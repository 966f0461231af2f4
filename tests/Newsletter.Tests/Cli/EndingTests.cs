using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Newsletter.Tests.Faults;
using Newsletter.Tests.Support;
using Npgsql;

namespace Newsletter.Tests.Cli;

/// <summary>SIGTERM ends every process within half a minute, whatever it waits for.</summary>
public sealed class EndingTests : IAsyncLifetime
{
    private readonly TestProduct house = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-ending-");
    private readonly TcpListener silence = new(IPAddress.Loopback, 0);

    public async Task InitializeAsync()
    {
        await house.InitializeAsync();
        silence.Start();
        using var made = Process.Start("mkfifo", [Fifo]);
        await made.WaitForExitAsync();
    }

    public async Task DisposeAsync()
    {
        silence.Dispose();
        await house.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("items", "import", "FIFO")]
    [InlineData("items", "check", "FIFO")]
    [InlineData("subscribers", "import", "FIFO", "--consent", "said so")]
    [InlineData("roles", "import", "FIFO")]
    [InlineData("doctor", "--Dkim:Domain", "example.com", "--Dkim:Selector", "s", "--Dkim:KeyFile", "FIFO")]
    [InlineData("doctor", "--Smtp:User", "u", "--Smtp:PasswordFile", "FIFO")]
    public async Task A_FIFO_in_place_of_a_file_is_refused_at_once(params string[] words)
    {
        var run = await CliRun.OfAsync(Settings(), [.. words.Select(word => word == "FIFO" ? Fifo : word)]).WaitAsync(TimeSpan.FromSeconds(90));

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("it is a FIFO, but only regular files can be read", run.Output + run.Error);
    }

    [Theory]
    [InlineData("items", "import", "-")]
    [InlineData("subscribers", "import", "-", "--consent", "said so")]
    [InlineData("roles", "import", "-")]
    public async Task Standard_input_that_never_ends_holds_nobody_up(params string[] words)
    {
        using var process = CliRun.Start(Settings(), words);
        await IsReadAsync(process.StandardInput);

        await EndsAsync(process, 20);
    }

    [Fact]
    public async Task A_migration_that_waits_for_its_turn_ends()
    {
        await using var other = new NpgsqlConnection(house.Database.ConnectionString + ";Pooling=false");
        await other.OpenAsync();
        await using var turn = new NpgsqlCommand("select pg_advisory_lock(x'6E6577736C657474'::bigint)", other);
        await turn.ExecuteNonQueryAsync();
        using var process = CliRun.Start(Settings(), "migrate");
        while (await house.ScalarAsync<long>("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0)
        {
            await Task.Delay(100);
        }

        await EndsAsync(process, 20);
    }

    [Theory]
    [InlineData("worker")]
    [InlineData("serve")]
    [InlineData("migrate")]
    [InlineData("doctor")]
    public async Task So_does_a_process_whose_database_says_nothing(string command)
    {
        using var process = CliRun.Start(
            Settings("ConnectionStrings:Newsletter", $"Host=127.0.0.1;Port={Port};Username=u;Database=d;Timeout=300"), command);
        using var accepted = await silence.AcceptSocketAsync();
        // The process has sent its request and now waits for the first byte of the response.
        await accepted.ReceiveAsync(new byte[8]);
        await Task.Delay(TimeSpan.FromSeconds(1));

        await EndsAsync(process, 20);
    }

    [Fact]
    public async Task So_does_a_check_of_a_relay_that_says_nothing()
    {
        using var process = CliRun.Start(Settings("Smtp:Port", $"{Port}"), "doctor");
        using var accepted = await silence.AcceptSocketAsync();

        await EndsAsync(process, 20);
    }

    [Fact]
    public async Task What_hears_nothing_is_ended_with_what_it_waited_for()
    {
        // Opening a FIFO to write waits for a reader, and cannot be cancelled.
        using var process = CliRun.Start(Settings(), "subscribers", "export", Fifo);
        await OpensFifoAsync(process);

        Assert.Contains("still waiting for 'export' to come to an end: it exits now", (await EndsAsync(process, 31)).Error);
    }

    private string Fifo => Path.Combine(folder.FullName, "fifo");

    private int Port => ((IPEndPoint)silence.LocalEndpoint).Port;

    private static async Task<CliRun> EndsAsync(Process process, int seconds)
    {
        var told = Stopwatch.GetTimestamp();
        await Signal.SendAsync("TERM", process);
        var end = await CliRun.EndAsync(process);

        Assert.InRange(Stopwatch.GetElapsedTime(told).TotalSeconds, 0, seconds);
        Assert.Equal(130, end.ExitCode);
        return end;
    }

    /// <summary>Writes more than the pipe can buffer: the write completes only if the process reads its standard input.</summary>
    private static async Task IsReadAsync(StreamWriter input)
    {
        await input.WriteAsync(new string('\n', 200_000)).WaitAsync(TimeSpan.FromSeconds(60));
        await input.FlushAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>
    /// Waits until two threads of the process are blocked in openat(), system call 257, which waits for the other end of a FIFO. One
    /// is .NET's diagnostics thread, the other one opens the FIFO of the test.
    /// </summary>
    private static async Task OpensFifoAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HashSet<string> before = [];
        while (true)
        {
            HashSet<string> now =
            [
                .. Directory.EnumerateDirectories($"/proc/{process.Id}/task").Select(Call)
                    .Where(call => call.Contains(" 257 ", StringComparison.Ordinal)),
            ];
            if (now.Intersect(before).Count() == 2)
            {
                return;
            }
            before = now;
            await Task.Delay(500, limit.Token);
        }
    }

    /// <summary>The thread, its system call and the call's registers; "" if the thread has ended.</summary>
    private static string Call(string task)
    {
        try
        {
            return $"{task} {File.ReadAllText(task + "/syscall")}";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private Dictionary<string, string> Settings(string? name = null, string value = "")
    {
        var settings = new Dictionary<string, string>(house.Configuration) { ["Data:Directory"] = folder.FullName, ["Sender:PostalAddress"] = "Street 1" };
        if (name is not null)
        {
            settings[name] = value;
        }
        return settings;
    }
}
