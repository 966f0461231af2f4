using System.Buffers.Binary;

namespace Newsletter.Planning;

/// <summary>
/// What some readers had of one edition: those whose ids are the same but for the last ten bits. For each of them two octets
/// of those bits, two octets with the number of choices, both big-endian, and the choices as a delivery has them (see
/// <see cref="Composition"/>). None: what there was rolled over to the digest's next edition.
/// </summary>
/// <param name="number">The ids without the last ten bits.</param>
internal ref struct HistoryPage(long number, ReadOnlySpan<byte> readers)
{
    public const int IdBits = 10;

    private const int HeadLength = 4;

    private ReadOnlySpan<byte> rest = readers;

    /// <summary>Of the reader that <see cref="MoveNext"/> went to; ascending where pages were stored.</summary>
    public long SubscriberId { get; private set; } = 0;

    public ReadOnlySpan<byte> Composition { get; private set; } = default;

    public bool MoveNext()
    {
        if (rest.IsEmpty)
        {
            return false;
        }
        SubscriberId = (number << IdBits) + BinaryPrimitives.ReadUInt16BigEndian(rest);
        var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) * Choosing.Composition.BytesPerChoice;
        Composition = rest.Slice(HeadLength, length);
        rest = rest[(HeadLength + length)..];
        return true;
    }
}
