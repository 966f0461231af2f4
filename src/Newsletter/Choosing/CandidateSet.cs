namespace Newsletter.Choosing;

/// <summary>A set of candidates as a bit set: set operations on hundreds of candidates take a few instructions.</summary>
/// <param name="size">Number of all candidates, which are numbered from 0.</param>
internal sealed class CandidateSet(int size)
{
    private readonly ulong[] words = new ulong[(size + 63) / 64];

    public bool this[int candidate] => (words[candidate >> 6] & (1UL << candidate)) != 0;

    public void Add(int candidate) => words[candidate >> 6] |= 1UL << candidate;

    public void Remove(int candidate) => words[candidate >> 6] &= ~(1UL << candidate);

    public void Clear() => Array.Clear(words);

    public void CopyFrom(CandidateSet other) => other.words.CopyTo(words, 0);

    public void UnionWith(CandidateSet other)
    {
        var (mine, others) = (words, other.words);
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] |= others[i];
        }
    }

    public void IntersectWith(CandidateSet other)
    {
        var (mine, others) = (words, other.words);
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] &= others[i];
        }
    }

    public void ExceptWith(CandidateSet other)
    {
        var (mine, others) = (words, other.words);
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] &= ~others[i];
        }
    }

    /// <summary>Adds the intersection of two other sets.</summary>
    public void AddCommon(CandidateSet first, CandidateSet second)
    {
        var (mine, one, two) = (words, first.words, second.words);
        for (var i = 0; i < mine.Length; i++)
        {
            mine[i] |= one[i] & two[i];
        }
    }

    /// <summary>The lowest candidate not below a number; −1 if there is none.</summary>
    public int Next(int from)
    {
        var word = from >> 6;
        if (word >= words.Length)
        {
            return -1;
        }
        var bits = words[word] & (ulong.MaxValue << from);
        while (bits == 0)
        {
            if (++word == words.Length)
            {
                return -1;
            }
            bits = words[word];
        }
        return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(bits);
    }
}
