using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>One way in which an item is chosen in an edition: revision, depth and reasons. Shared by many readers.</summary>
/// <param name="Number">From 1 within the edition.</param>
public sealed record Choice(int Number, long ItemId, long RevisionId, Depth Depth, IReadOnlyList<Reason> Reasons)
{
    /// <summary>The name of the reader's role that heads the section, if the mail has sections; null if chosen without a role.</summary>
    public string? Section { get; init; }

    /// <summary>Ids of the reader's roles that it was chosen for, the one with most points first.</summary>
    public IReadOnlyList<int> RoleIds { get; init; } = [];

    /// <summary>The depth at which a mail shows it: the first item is shown one depth fuller than chosen.</summary>
    /// <param name="place">From 0.</param>
    public Depth DepthAt(int place) => place == 0 && Depth < Depth.Full ? Depth + 1 : Depth;

    /// <summary>The name of the first of <see cref="RoleIds"/> to which the key takeaway is addressed; null if there is none.</summary>
    public string? AddressedAs { get; init; }
}

/// <summary>
/// One reader's items, as stored with the delivery: the numbers of the choices in order, three bytes each, big-endian.
/// </summary>
public static class Composition
{
    public const int BytesPerChoice = 3;

    /// <summary>The highest number of a choice.</summary>
    public const int MostChoices = (1 << 24) - 1;

    public static IReadOnlyList<int> Numbers(byte[] composition)
    {
        var numbers = new int[composition.Length / BytesPerChoice];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Read(composition, i);
        }
        return numbers;
    }

    /// <summary>Whether the mail has a heading per role: if at least two roles have at least two items each.</summary>
    public static bool HasSections(IReadOnlyCollection<Choice> chosen) =>
        chosen.Where(choice => choice.Section is not null).GroupBy(choice => choice.Section).Count(section => section.Count() > 1) > 1;

    internal static byte[] Of(IReadOnlyList<int> numbers)
    {
        var composition = new byte[numbers.Count * BytesPerChoice];
        for (var i = 0; i < numbers.Count; i++)
        {
            Write(composition, i, numbers[i]);
        }
        return composition;
    }

    internal static int Read(ReadOnlySpan<byte> composition, int place)
    {
        var at = place * BytesPerChoice;
        return (composition[at] << 16) | (composition[at + 1] << 8) | composition[at + 2];
    }

    internal static void Write(Span<byte> composition, int place, int number)
    {
        var at = place * BytesPerChoice;
        composition[at] = (byte)(number >> 16);
        composition[at + 1] = (byte)(number >> 8);
        composition[at + 2] = (byte)number;
    }
}
