using System.Diagnostics;
using System.Net.Sockets;

namespace Newsletter.Tests;

/// <summary>Only regular files are read: a FIFO would hold the process for ever.</summary>
public sealed class InputFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-input-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_FIFO_is_refused_unopened_also_behind_a_link()
    {
        var link = PathOf("link");
        File.CreateSymbolicLink(link, await FifoAsync("fifo"));

        Assert.Equal("it is a FIFO, but only regular files can be read", Refused(PathOf("fifo")));
        Assert.Equal("it is a FIFO, but only regular files can be read", Refused(link));
    }

    [Fact]
    public void So_are_sockets_devices_and_folders()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf("socket")));

        Assert.Equal("it is a socket, but only regular files can be read", Refused(PathOf("socket")));
        Assert.Equal("it is a device, but only regular files can be read", Refused("/dev/zero"));
        Assert.Equal("it is a folder, but only regular files can be read", Refused(folder.FullName));
    }

    [Fact]
    public async Task A_regular_file_is_read_and_one_that_is_not_there_is_said_to_be_missing()
    {
        await File.WriteAllTextAsync(PathOf("größe"), "text");
        File.CreateSymbolicLink(PathOf("link"), PathOf("größe"));

        Assert.Equal(("text", "text"), (InputFile.ReadAllText(PathOf("größe")), InputFile.ReadAllText(PathOf("link"))));
        Assert.Throws<FileNotFoundException>(() => InputFile.OpenRead(PathOf("nothing")));
    }

    private static string Refused(string path) => Assert.Throws<IOException>(() => InputFile.OpenRead(path)).Message;

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    private async Task<string> FifoAsync(string name)
    {
        using var made = Process.Start("mkfifo", [PathOf(name)]);
        await made.WaitForExitAsync();
        return PathOf(name);
    }
}
