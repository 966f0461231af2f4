using System.Globalization;
using Dapper;
using Npgsql;

namespace Newsletter.Benchmarks;

/// <summary>Seconds of processor time, ours and that of all processes of the database server, so far.</summary>
internal readonly record struct ProcessorTime(double Own, double Server)
{
    // Of the kernel's interface to programs, on every platform that .NET runs on.
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public static ProcessorTime Now(int postmaster) =>
        new(Environment.CpuUsage.TotalTime.TotalSeconds, Ticks(postmaster) / TicksPerSecond);

    /// <summary>Waits until this process has nothing to do any more: what it ran at its start is compiled anew in the background.</summary>
    public static async Task SettleAsync(CancellationToken cancel)
    {
        for (var before = Environment.CpuUsage.TotalTime; ; before = Environment.CpuUsage.TotalTime)
        {
            await Task.Delay(Look, cancel);
            if (Environment.CpuUsage.TotalTime - before < Look / 20)
            {
                return;
            }
        }
    }

    public ProcessorTime Since(ProcessorTime start) => new(Own - start.Own, Server - start.Server);

    /// <returns>Seconds of a process without children; 0 when it has ended.</returns>
    public static double Of(int process) => Fields($"/proc/{process}") is { } fields ? (fields[11] + fields[12]) / TicksPerSecond : 0;

    /// <returns>The process that all others of the server descend from.</returns>
    public static async Task<int> PostmasterAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<int>(
            new CommandDefinition(@"select split_part(pg_read_file('postmaster.pid'), E'\n', 1)::int", cancellationToken: cancel));
    }

    /// <summary>The postmaster's own and that of children which have ended (parallel workers), and of those that live.</summary>
    private static long Ticks(int postmaster)
    {
        var ticks = 0L;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || Fields(directory) is not { } fields)
            {
                continue;
            }
            if (pid == postmaster)
            {
                ticks += fields[11] + fields[12] + fields[13] + fields[14];
            }
            else if (fields[1] == postmaster)
            {
                ticks += fields[11] + fields[12];
            }
        }
        return ticks;
    }

    /// <summary>Of /proc/…/stat, from the state on; letters are 0. Null when the process has ended.</summary>
    private static long[]? Fields(string directory)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            // The name before may hold blanks and brackets.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')
                .Select(field => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
