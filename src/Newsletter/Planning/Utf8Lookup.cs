using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Newsletter.Planning;

/// <summary>
/// Cache of parsed values by their UTF-8 bytes from the database: a million readers name the same few hundred topics and zones,
/// so this avoids a million strings.
/// </summary>
internal sealed class Utf8Lookup<T>(Func<string, T> parse)
{
    // Bounds the memory in case of a flood of distinct texts; values beyond it are not cached.
    private const int MostKept = 100_000;

    private readonly Dictionary<byte[], T> kept = new(Equality.Instance);

    public T this[ReadOnlySpan<byte> text]
    {
        get
        {
            var lookup = kept.GetAlternateLookup<ReadOnlySpan<byte>>();
            if (!lookup.TryGetValue(text, out var found))
            {
                found = parse(Encoding.UTF8.GetString(text));
                if (kept.Count < MostKept)
                {
                    lookup[text] = found;
                }
            }
            return found;
        }
    }

    private sealed class Equality : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Equality Instance = new();

        private static readonly long Seed = Random.Shared.NextInt64();

        public bool Equals(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

        public bool Equals(ReadOnlySpan<byte> a, byte[] b) => a.SequenceEqual(b);

        public int GetHashCode([DisallowNull] byte[] text) => GetHashCode(text.AsSpan());

        // Seeded, since the texts are untrusted: prevents hash flooding.
        public int GetHashCode(ReadOnlySpan<byte> text) => (int)XxHash3.HashToUInt64(text, Seed);

        public byte[] Create(ReadOnlySpan<byte> text) => text.ToArray();
    }
}
