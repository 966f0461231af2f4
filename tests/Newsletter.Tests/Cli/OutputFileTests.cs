using Newsletter.Cli;

namespace Newsletter.Tests.Cli;

public sealed class OutputFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-output-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("new.txt")]
    [InlineData("old.txt")]
    [InlineData("link.txt")]
    [InlineData("link-to-a-link.txt")]
    [InlineData("link-to-nothing-yet.txt")]
    [InlineData("./new name ü.txt")]
    public async Task What_is_written_is_there_whole_and_nothing_else(string name)
    {
        await File.WriteAllTextAsync(Path("old.txt"), new string('x', 1000));
        File.CreateSymbolicLink(Path("link.txt"), Path("old.txt"));
        File.CreateSymbolicLink(Path("link-to-a-link.txt"), "link.txt");
        File.CreateSymbolicLink(Path("link-to-nothing-yet.txt"), "later.txt");
        var before = folder.GetFiles().Select(file => file.Name).Append(System.IO.Path.GetFileName(name)).Append("later.txt").ToHashSet();
        var links = folder.GetFiles().Where(file => file.LinkTarget is not null).Select(file => file.Name).ToList();

        await OutputFile.WriteAsync(Path(name), async stream => await stream.WriteAsync("new"u8.ToArray()));

        Assert.Equal("new", await File.ReadAllTextAsync(Path(name)));
        Assert.Equal(links, folder.GetFiles().Where(file => file.LinkTarget is not null).Select(file => file.Name));
        Assert.Subset(before, folder.GetFiles().Select(file => file.Name).ToHashSet());
    }

    [Theory]
    [InlineData(".", RefusalKind.Invalid, "is a folder: give the name of a file in it.")]
    [InlineData("link-to-a-folder", RefusalKind.Invalid, "is a folder: give the name of a file in it.")]
    [InlineData("loop", RefusalKind.Invalid, "cannot be written: ")]
    [InlineData("nowhere/file.txt", RefusalKind.NotFound, "cannot be written: ")]
    [InlineData("old.txt/file.txt", RefusalKind.NotFound, "cannot be written: ")]
    [InlineData("a file with a zero\0.txt", RefusalKind.Invalid, "is not the name of a file.")]
    public async Task What_is_no_file_is_refused_in_a_sentence(string name, RefusalKind kind, string words)
    {
        await File.WriteAllTextAsync(Path("old.txt"), "old");
        File.CreateSymbolicLink(Path("link-to-a-folder"), folder.FullName);
        File.CreateSymbolicLink(Path("loop"), "loop");

        var refusal = await Assert.ThrowsAsync<Refusal>(() => OutputFile.WriteAsync(Path(name), _ => Task.CompletedTask));

        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(words, refusal.Message);
        Assert.DoesNotContain('\0', refusal.Message);
        Assert.Equal("old", await File.ReadAllTextAsync(Path("old.txt")));
    }

    [Fact]
    public async Task A_name_of_nothing_is_refused() =>
        Assert.Equal("'' is not the name of a file.", (await Assert.ThrowsAsync<Refusal>(() => OutputFile.WriteAsync("", _ => Task.CompletedTask))).Message);

    private string Path(string name) => System.IO.Path.Combine(folder.FullName, name);
}
