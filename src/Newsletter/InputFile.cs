using System.Runtime.InteropServices;

namespace Newsletter;

/// <summary>
/// Opens a file named by a user, and accepts only regular files: opening a FIFO blocks until there is a writer, without reacting to
/// signals, and a device may be endless. .NET cannot distinguish file types without opening the file. Linux's <c>statx</c> can, and its
/// result has the same layout on every processor (statx(2)). On other systems the type is not checked.
/// </summary>
public static class InputFile
{
    private const int WorkingDirectory = -100;
    private const uint TypeOnly = 1;
    private const int AnswerLength = 256;
    private const int ModeOffset = 28;

    /// <exception cref="IOException">The file cannot be opened, or is not a regular file: the message says what it is.</exception>
    /// <exception cref="UnauthorizedAccessException">This user has no permission to read it.</exception>
    public static FileStream OpenRead(string path) =>
        TypeOf(path) is { } type ? throw new IOException($"it is {type}, but only regular files can be read") : File.OpenRead(path);

    /// <exception cref="IOException">The file cannot be read, or is not a regular file: the message says what it is.</exception>
    /// <exception cref="UnauthorizedAccessException">This user has no permission to read it.</exception>
    public static string ReadAllText(string path)
    {
        using var reader = new StreamReader(OpenRead(path));
        return reader.ReadToEnd();
    }

    /// <returns>Null for a regular file, and if the type is unknown: opening the file then gives the error.</returns>
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
