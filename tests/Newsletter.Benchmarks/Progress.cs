namespace Newsletter.Benchmarks;

/// <summary>What is going on, for people; results alone go to standard output.</summary>
internal static class Progress
{
    public static void Say(FormattableString line) => Console.Error.WriteLine(FormattableString.Invariant(line));
}
