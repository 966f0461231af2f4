namespace Newsletter.Tests.Support;

/// <summary>The first findings of a check over many files, each in full: assertions on texts and collections cut off the path.</summary>
internal static class Findings
{
    private const int Reported = 50;

    public static void AssertNone(IEnumerable<string> findings)
    {
        if (findings.Take(Reported).ToList() is { Count: > 0 } found)
        {
            Assert.Fail(string.Join('\n', found));
        }
    }
}
