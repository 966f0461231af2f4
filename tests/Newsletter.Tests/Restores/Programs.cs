using Newsletter.Database;

namespace Newsletter.Tests.Restores;

/// <summary>PostgreSQL's own programs, run as its user.</summary>
internal static class Programs
{
    public static async Task<string> RunAsync(string program, params string[] words)
    {
        var path = (await PostgresBinaries.FindAsync(null, default)).Path(program);
        if (!File.Exists(path))
        {
            path = program;
        }
        string[] all = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", path, .. words] : [path, .. words];
        var (exitCode, output) = await ExternalProgram.RunAsync(all, default);
        Assert.True(exitCode == 0, $"{program} ended with {exitCode}: {output}");
        return output;
    }
}
