namespace Newsletter.Cli;

/// <summary>Exit codes; 3 to 6 are those of <see cref="RefusalKind"/>.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int Invalid = (int)RefusalKind.Invalid;

    /// <summary>Finished, with some failures.</summary>
    public const int SomeFailed = 7;

    public const int Interrupted = 130;
}
