using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Database;

/// <summary>Only this user can read the data folder: new files, and existing files that had wider permissions.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private readonly string top = Directory.CreateTempSubdirectory("newsletter-data-").FullName;

    private string Data => Path.Combine(top, "data");

    public void Dispose()
    {
        Directory.Delete(top, recursive: true);
        // As root, the embedded database is stored here if its own user cannot enter the data folder.
        var elsewhere = Path.Combine("/var/lib/newsletter", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Data)))[..12]);
        if (Directory.Exists(elsewhere))
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Fact]
    public async Task What_was_open_to_others_is_closed_when_a_command_runs_and_what_it_makes_is_closed_whatever_the_umask()
    {
        foreach (var file in (string[])[
                 "signing.key", "served-at", "start.lock", "witnesses/x-1.witness", "witnesses/x-1.witness.lock", "outbox/1.eml", "restored/files/etc/key",
                 "backup-work-1/database.dump"])
        {
            var path = Path.Combine(Data, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, new string('k', 32));
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        }
        foreach (var folder in Directory.GetDirectories(Data, "*", SearchOption.AllDirectories).Append(Data))
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }

        var exported = Path.Combine(top, "people.csv");
        var run = await WithoutUmaskAsync("subscribers", "export", exported);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
        OnlyOurs();
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(exported));
    }

    [Fact]
    public async Task A_new_data_directory_is_closed_to_others_whatever_the_umask()
    {
        var run = await WithoutUmaskAsync("digests", "list");
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(File.Exists(Path.Combine(Data, "signing.key")));
        Assert.True(Directory.Exists(Path.Combine(Data, "outbox")));
        OnlyOurs();
    }

    [Fact]
    public async Task A_folder_of_others_is_left_alone_and_that_is_said()
    {
        Directory.CreateDirectory(Data);
        var theirs = Path.Combine(Data, "thesis.txt");
        await File.WriteAllTextAsync(theirs, "");
        var open = (UnixFileMode)0b110_100_100;
        File.SetUnixFileMode(theirs, open);
        File.SetUnixFileMode(Data, (UnixFileMode)0b111_101_101);
        Assert.Contains("contains files of other programs", Assert.Single(DataFolder.Close(Data)), StringComparison.Ordinal);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Data));

        // A file of ours makes the folder ours. Files of others in it keep their permissions.
        await File.WriteAllTextAsync(Path.Combine(Data, "signing.key"), "");
        Assert.Empty(DataFolder.Close(Data));
        Assert.Equal(((UnixFileMode)0b111_000_000, open), (File.GetUnixFileMode(Data), File.GetUnixFileMode(theirs)));

        File.SetUnixFileMode(Data, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        Assert.Single(DataFolder.Close(Data));
        Assert.Equal((UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit, File.GetUnixFileMode(Data));
        Assert.Empty(DataFolder.Close(Path.Combine(Data, "nothing-here")));
    }

    [Fact]
    public async Task Links_are_not_followed()
    {
        Directory.CreateDirectory(Path.Combine(Data, "outbox"));
        var outside = Path.Combine(top, "outside.txt");
        await File.WriteAllTextAsync(outside, "");
        File.SetUnixFileMode(outside, (UnixFileMode)0b110_100_100);
        File.CreateSymbolicLink(Path.Combine(Data, "outbox", "1.eml"), outside);
        File.CreateSymbolicLink(Path.Combine(Data, "signing.key"), outside);
        DataFolder.Close(Data);
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(outside));
    }

    private void OnlyOurs()
    {
        var open = Directory.GetFileSystemEntries(Data, "*", SearchOption.AllDirectories).Append(Data)
            .Where(entry => (File.GetUnixFileMode(entry) & Others) != 0).Select(entry => $"{entry}: {File.GetUnixFileMode(entry)}");
        Assert.Empty(open);
    }

    /// <summary>Runs a command on the embedded database in the test's folder, with umask 0.</summary>
    private async Task<CliRun> WithoutUmaskAsync(params string[] words)
    {
        var start = new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", "umask 0; exec dotnet \"$0\" \"$@\"", Path.Combine(AppContext.BaseDirectory, "Newsletter.Cli.dll") },
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var word in (string[])[.. words, "--Data:Directory", Data])
        {
            start.ArgumentList.Add(word);
        }
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        return await CliRun.EndAsync(process);
    }
}
