using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Newsletter;
using Newsletter.Cli;
using Newsletter.Cli.Commands;
using Newsletter.Database;
using Newsletter.Dkim;
using Npgsql;

OpenSslArithmetic.Choose();
Console.SetOut(new TerminalWriter(Console.Out));
Console.SetError(new TerminalWriter(Console.Error));
using var ending = new Ending();
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

var (words, settings) = Settings.Split(args);
var shared = new SharedOptions();
// Not a RootCommand: its name would be that of the executable file, which users do not type.
var root = new Command("newsletter", "Curated articles, mailed to each reader by role.")
{
    Options = { new HelpOption(), new VersionOption(), shared.Output, shared.Verbose },
    Subcommands =
    {
        DemoCommand.Create(shared, settings), HostCommands.Serve(shared, settings), HostCommands.Web(shared, settings),
        HostCommands.Worker(shared, settings), DatabaseCommands.Migrate(settings), DatabaseCommands.Doctor(shared, settings),
        BackupCommand.Create(shared, settings), RestoreCommand.Create(shared, settings),
        ItemCommands.Create(shared, settings), RoleCommands.Create(shared, settings), SubscriberCommands.Create(shared, settings),
        SignUpCommands.Create(shared, settings), SuppressionCommands.Create(shared, settings), DigestCommands.Create(shared, settings),
        EditionCommands.Create(shared, settings), EditorCommands.Create(shared, settings),
    },
};
// A value that begins with @ is a value, not a response file.
var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    var problem = parsed.UnmatchedTokens is [var stray, ..]
        ? $"'{Output.Text(stray)}' is not a command or option here"
        : Output.OneLine(parsed.Errors[0].Message);
    await Console.Error.WriteLineAsync($"{problem}: 'newsletter {PathOf(parsed.CommandResult)}--help' shows all commands and options.");
    return ExitCode.Usage;
}
try
{
    // Ending handles the signals, also before and after the command.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, ending.Token);
}
catch (Refusal refusal)
{
    return await FailAsync(refusal, (int)refusal.Kind, refusal.Message);
}
catch (OperationCanceledException stopped)
{
    return await FailAsync(stopped, ExitCode.Interrupted, "Interrupted.");
}
catch (Exception failure) when (Outage.Describe(failure) is { } sentence)
{
    return await FailAsync(failure, (int)RefusalKind.Unreachable, Installation.DatabaseLog is { } log && EmbeddedLog.SaysNoSpace(log)
        ? $"The disk of the database is full (see {log}): free some space, then try again."
        : Output.OneLine(sentence));
}
catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
{
    return await FailAsync(denied, ExitCode.Invalid,
        $"The database role lacks a privilege ({Output.OneLine(denied.MessageText)}): 'newsletter doctor' shows the statement that grants it.");
}
catch (IOException failure)
{
    return await FailAsync(failure, (int)RefusalKind.Unreachable, $"Reading or writing failed ({Output.OneLine(failure.Message)}).");
}
catch (Exception unexpected)
{
    return await FailAsync(unexpected, ExitCode.Unexpected,
        $"Something unexpected happened ({unexpected.GetType().Name}: {Output.OneLine(unexpected.Message)}): {WhereToLook(unexpected)}.");
}

string WhereToLook(Exception failure)
{
    var isHost = parsed.CommandResult.Command.Name is "serve" or "web" or "worker";
    var ours = isHost
        ? "see its log on standard error, or run it with --verbose for a stack trace"
        : "run it again with --verbose for a stack trace";
    return failure.GetBaseException() is NpgsqlException && Installation.DatabaseLog is { } log ? $"{ours}; the database's own log is {log}" : ours;
}

async Task<int> FailAsync(Exception failure, int exitCode, string sentence)
{
    await Console.Error.WriteLineAsync(parsed.GetValue(shared.Verbose) ? failure.ToString() : Output.Text(sentence.ReplaceLineEndings(" ")));
    return exitCode;
}

static string PathOf(CommandResult command)
{
    var path = "";
    for (var at = command; at.Parent is CommandResult parent; at = parent)
    {
        path = at.Command.Name + " " + path;
    }
    return path;
}
