namespace Newsletter.Benchmarks;

/// <summary>Numbers the ways to choose three of n, so that different numbers are different choices.</summary>
internal static class Combination
{
    public static long Count(int n) => (long)n * (n - 1) * (n - 2) / 6;

    /// <param name="number">0 to <see cref="Count"/> - 1.</param>
    /// <returns>Three places, descending.</returns>
    public static int[] OfThree(long number)
    {
        var a = Highest(number, Count);
        number -= Count(a);
        var b = Highest(number, n => (long)n * (n - 1) / 2);
        return [a, b, (int)(number - ((long)b * (b - 1) / 2))];
    }

    private static int Highest(long number, Func<int, long> countOf)
    {
        var n = 0;
        while (countOf(n + 1) <= number)
        {
            n++;
        }
        return n;
    }
}
