using System.CommandLine;
using System.Globalization;
using Newsletter;
using Newsletter.Benchmarks;
using Newsletter.Dkim;
using Npgsql;

OpenSslArithmetic.Choose();
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var root = new RootCommand("Measures the product at scale, on a database of its own.");
root.Subcommands.Add(PlanningCommand.Create());
root.Subcommands.Add(ImportCommand.Create());
root.Subcommands.Add(SendingCommand.Create());
root.Subcommands.Add(DkimCommand.Create());
foreach (var measured in PlanningCommand.CreateMeasured().Append(SendingCommand.CreateMeasured()))
{
    root.Subcommands.Add(measured);
}
var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Errors.Count > 0)
{
    return Fail(2, $"{parsed.Errors[0].Message} 'newsletter bench --help' shows all commands and options.");
}
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // The server stops and its files go.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
    });
}
catch (Refusal refusal)
{
    return Fail((int)refusal.Kind, refusal.Message);
}
catch (OperationCanceledException)
{
    return Fail(130, "Interrupted.");
}
catch (NpgsqlException failure)
{
    return Fail(1, $"The database failed: {failure.Message}");
}
catch (Exception unexpected)
{
    return Fail(1, $"Something unexpected happened ({unexpected.GetType().Name}: {unexpected.Message}), {unexpected.StackTrace?.Split('\n')[0].Trim()}.");
}

static int Fail(int exitCode, string sentence)
{
    Console.Error.WriteLine(sentence.ReplaceLineEndings(" "));
    return exitCode;
}
