using System.CommandLine;

namespace Newsletter.Cli.Commands;

/// <summary>The context of a command that works on the database and then ends.</summary>
internal sealed class CommandContext(IServiceProvider services, Output output, ParseResult parsed, Installation installation, CancellationToken cancel)
{
    /// <summary>The actor in the audit log.</summary>
    public const string Actor = "cli";

    public Output Output => output;

    public Installation Installation => installation;

    public CancellationToken Cancel => cancel;

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>Whether the option was given on the command line: an edit changes nothing else.</summary>
    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };
}

internal static class Commands
{
    /// <summary>A command that opens the installation, does its work and closes it.</summary>
    public static Command Does(this Command command, SharedOptions shared, IReadOnlyDictionary<string, string?> settings, Func<CommandContext, Task<int>> work)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            await using var installation = await Installation.OpenAsync(settings, cancel: cancel);
            await using var services = installation.Services(parsed.GetValue(shared.Verbose));
            Ending.WaitsFor($"'{parsed.CommandResult.Command.Name}' to come to an end");
            return await work(new CommandContext(services, new Output(parsed.GetValue(shared.Output)!), parsed, installation, cancel));
        });
        return command;
    }

    public static Command With(this Command command, params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                case Option option:
                    command.Options.Add(option);
                    break;
                case Command sub:
                    command.Subcommands.Add(sub);
                    break;
            }
        }
        return command;
    }

    /// <summary>The option for the maximum number of entries in a list.</summary>
    public static Option<int> Limit(int most)
    {
        var limit = new Option<int>("--limit") { Description = "maximum number of rows", DefaultValueFactory = _ => most };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--limit must be 1 or more");
            }
        });
        return limit;
    }

    /// <summary>An argument with one or more values.</summary>
    public static Argument<string[]> Many(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>An option that may be given several times.</summary>
    public static Option<string[]> Each(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
}
