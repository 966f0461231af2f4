using System.Buffers.Binary;

namespace Newsletter.Planning;

/// <summary>
/// What some readers got from one edition: a page holds the readers whose ids differ in the last ten bits only. Per reader: two
/// octets with those bits, two octets with the number of choices (both big-endian), then the choices in the form of a delivery (see
/// <see cref="Composition"/>). Zero choices: the reader's items were rolled over to the digest's next edition.
/// </summary>
/// <param name="number">The readers' ids without the last ten bits.</param>
internal ref struct HistoryPage(long number, ReadOnlySpan<byte> readers)
{
    public const int IdBits = 10;

    private const int HeadLength = 4;

    private ReadOnlySpan<byte> rest = readers;

    /// <summary>The current reader; ids ascend in stored pages.</summary>
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
