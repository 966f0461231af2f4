namespace Newsletter.Benchmarks;

/// <summary>Where random numbers begin, so that every run makes the same data.</summary>
internal static class Seed
{
    public static int Of(string what, long number = 0)
    {
        var seed = 17L + number;
        foreach (var letter in what)
        {
            seed = ((seed * 31) + letter) % int.MaxValue;
        }
        return (int)seed;
    }
}
