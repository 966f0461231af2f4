namespace Newsletter.Benchmarks;

/// <summary>Draws places 0 to n-1, the first ones most often: place k with a weight of 1 / (k + 1)^exponent.</summary>
internal sealed class Zipf
{
    private readonly double[] upTo;

    public Zipf(int count, double exponent)
    {
        upTo = new double[count];
        var sum = 0.0;
        for (var k = 0; k < count; k++)
        {
            upTo[k] = sum += Math.Pow(k + 1, -exponent);
        }
    }

    public int Draw(Random random)
    {
        var found = Array.BinarySearch(upTo, random.NextDouble() * upTo[^1]);
        return Math.Min(found < 0 ? ~found : found, upTo.Length - 1);
    }

    /// <returns>Different places, as many as asked for (at most a third of all, or drawing would take long).</returns>
    public int[] Draw(Random random, int count)
    {
        var drawn = new HashSet<int>();
        while (drawn.Count < count)
        {
            drawn.Add(Draw(random));
        }
        return [.. drawn];
    }
}
