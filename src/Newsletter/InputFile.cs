using System.Runtime.InteropServices;

namespace Newsletter;

/// <summary>
/// A file that somebody named, to be read. Only a regular file is: opening a FIFO waits for a writer, for ever and deaf to
/// signals, and a device may have no end. .NET does not tell them apart without opening them; Linux's <c>statx</c> does, and
/// its answer has the same form on every processor (statx(2)). On other systems they are not told apart.
/// </summary>
public static class InputFile
{
    private const int WorkingDirectory = -100;
    private const uint TypeOnly = 1;
    private const int AnswerLength = 256;
    private const int ModeOffset = 28;

    /// <exception cref="IOException">It cannot be opened, or is no regular file: the message says what it is.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static FileStream OpenRead(string path) =>
        TypeOf(path) is { } type ? throw new IOException($"it is {type}, and only regular files are read") : File.OpenRead(path);

    /// <exception cref="IOException">It cannot be read, or is no regular file: the message says what it is.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        return reader.ReadToEnd();
    }

    /// <returns>Null for a regular file, and where nothing can be said: opening it will.</returns>
    private static string? TypeOf(string path)
    {
        if (Directory.Exists(path))
        {
            return "a folder";
        }
        var answer = new byte[AnswerLength];
        if (!OperatingSystem.IsLinux() || StatX(WorkingDirectory, path, 0, TypeOnly, answer) != 0)
        {
            return null;
        }
        var mode = MemoryMarshal.Read<ushort>(answer.AsSpan(ModeOffset));
        return (mode & 0xF000) switch
        {
            0x1000 => "a FIFO",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int StatX(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);
}
