using Newsletter.Worker;
using static Newsletter.Cli.Commands.DatabaseCommands;

namespace Newsletter.Cli;

/// <summary>Checks whether the database role has the rights that the program needs.</summary>
internal static class DatabaseChecks
{
    /// <summary>
    /// One check for each missing right, with the statement that grants it; if none is missing, one for the tables of the job queue.
    /// </summary>
    public static async Task<IReadOnlyList<Check>> RightsAsync(Installation installation, CancellationToken cancel)
    {
        var missing = await installation.Rights.MissingAsync(cancel);
        return missing.Count > 0
            ? [.. missing.Select(right => new Check("rights", false, right.Sentence))]
            : [await TryAsync("rights", async () =>
            {
                await JobSchema.EnsureCurrentAsync(installation.ConnectionString, cancel);
                return "the database role has all rights that are needed";
            })];
    }
}
