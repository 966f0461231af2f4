namespace Newsletter.Tests.Support;

/// <summary>System programs that tests need; <c>./newsletter test</c> installs them.</summary>
internal static class Programs
{
    /// <exception cref="FileNotFoundException">The program is not installed.</exception>
    public static string Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Append("/sbin").Append("/usr/local/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{name} is missing: './newsletter test' installs it on Debian and Ubuntu.");
}
