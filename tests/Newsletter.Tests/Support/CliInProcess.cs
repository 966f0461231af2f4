using System.Reflection;
using System.Text;
using Newsletter.Cli;

namespace Newsletter.Tests.Support;

/// <summary>
/// The program's own entry point, called in the process of the tests: the start of a process takes a second of the processor. Several
/// may run side by side: each has an output of its own, and its configuration on its command line.
/// </summary>
internal static class CliInProcess
{
    /// <summary>These go on until a signal ends them.</summary>
    private static readonly string[] OfAProcess = ["demo", "serve", "web", "worker"];

    private static readonly Func<string[], Task<int>> Main = FindMain();
    private static readonly AsyncLocal<CliRunOutput?> Current = new();
    private static readonly Lock Turn = new();
    private static readonly TextWriter Out = new Routed(Console.Out, run => run.Out);
    private static readonly TextWriter Error = new Routed(Console.Error, run => run.Error);
    private static int running;

    /// <summary>
    /// Of a process are: an embedded database, environment variables that are no setting, standard input and output as streams, and a
    /// passphrase that is asked for or set.
    /// </summary>
    public static bool Takes(IReadOnlyDictionary<string, string> settings, string[] words) =>
        settings.ContainsKey("ConnectionStrings:Newsletter") && settings.Keys.All(name => name.Contains(':', StringComparison.Ordinal))
        && !words.Contains("-") && words is [var first, ..] && !OfAProcess.Contains(first)
        && (first is not ("backup" or "restore") || words.Contains("--passphrase-file"));

    public static async Task<CliRun> RunAsync(IReadOnlyDictionary<string, string> settings, string[] words)
    {
        // Not disposed: a command that was given up may still write.
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] all = [.. settings.Select(setting => $"--{setting.Key}={setting.Value}"), .. words];
        Enter();
        try
        {
            // Task.Run, so that neither this caller's flow sees the output, nor its threads wait.
            var exitCode = await Task.Run(() =>
            {
                // A command and its log may write at the same time.
                Current.Value = new CliRunOutput(TextWriter.Synchronized(output), TextWriter.Synchronized(error));
                return Main(all);
            }).WaitAsync(TimeSpan.FromMinutes(3));
            return new CliRun(exitCode, output.ToString(), error.ToString());
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>The program puts its own writer before that of the console; the first of several at once gets the console without one.</summary>
    private static void Enter()
    {
        lock (Turn)
        {
            if (running++ == 0)
            {
                Console.SetOut(Out);
                Console.SetError(Error);
            }
        }
    }

    private static void Leave()
    {
        lock (Turn)
        {
            running--;
        }
    }

    private static Func<string[], Task<int>> FindMain() => typeof(ExitCode).Assembly.GetType("Program", throwOnError: true)!
        .GetMethod("<Main>$", BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<Func<string[], Task<int>>>();

    private sealed record CliRunOutput(TextWriter Out, TextWriter Error);

    /// <summary>Writes to the output of the run that writes.</summary>
    private sealed class Routed(TextWriter console, Func<CliRunOutput, TextWriter> of) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        private TextWriter Target => Current.Value is { } run ? of(run) : console;

        public override void Write(char value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Target.Write(buffer);

        public override void Write(string? value) => Target.Write(value);

        public override void Flush() => Target.Flush();
    }
}
