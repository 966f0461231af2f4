using System.CommandLine;

namespace Newsletter.Cli;

/// <summary>Options that every command takes.</summary>
internal sealed class SharedOptions
{
    public Option<string> Output { get; } = new("--output", "-o")
    {
        Description = "text, json or jsonl",
        DefaultValueFactory = _ => "text",
        Recursive = true,
    };

    public Option<bool> Verbose { get; } = new("--verbose") { Description = "log more, and show stack traces of errors", Recursive = true };

    public SharedOptions() => Output.AcceptOnlyFromAmong("text", "json", "jsonl");
}
