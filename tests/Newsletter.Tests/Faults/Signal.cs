using System.Diagnostics;

namespace Newsletter.Tests.Faults;

/// <summary>Signals to processes, which .NET cannot send.</summary>
internal static class Signal
{
    /// <param name="name">As <c>kill</c> knows it: TERM, KILL, STOP, CONT.</param>
    public static Task SendAsync(string name, Process process) => SendAsync(name, process.Id);

    public static async Task SendAsync(string name, int process)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
