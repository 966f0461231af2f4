namespace Newsletter.Cli;

/// <summary>Opens the input of a command: a regular file, or standard input.</summary>
internal static class Input
{
    /// <param name="path">"-" for standard input.</param>
    /// <exception cref="Refusal">NotFound: the file does not exist. Invalid: it cannot be opened, or is not a regular file.</exception>
    public static Stream Open(string path, CancellationToken cancel)
    {
        if (path == "-")
        {
            return new StandardInput(cancel);
        }
        try
        {
            return InputFile.OpenRead(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new Refusal(failure is FileNotFoundException or DirectoryNotFoundException ? RefusalKind.NotFound : RefusalKind.Invalid,
                $"'{path}' cannot be opened: {failure.Message.TrimEnd('.')}.");
        }
    }
}
