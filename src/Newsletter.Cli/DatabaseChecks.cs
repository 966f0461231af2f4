using Newsletter.Worker;
using static Newsletter.Cli.Commands.DatabaseCommands;

namespace Newsletter.Cli;

/// <summary>Whether the database role may do what the program does.</summary>
internal static class DatabaseChecks
{
    /// <summary>A line for each right that is missing, with the statement that gives it; and one for the tables of the jobs.</summary>
    public static async Task<IReadOnlyList<Check>> RightsAsync(Installation installation, CancellationToken cancel)
    {
        var missing = await installation.Rights.MissingAsync(cancel);
        return missing.Count > 0
            ? [.. missing.Select(right => new Check("rights", false, right.Sentence))]
            : [await TryAsync("rights", async () =>
            {
                await JobSchema.EnsureCurrentAsync(installation.ConnectionString, cancel);
                return "the database role has all that are needed";
            })];
    }
}
