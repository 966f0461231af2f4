using Newsletter.Items;

namespace Newsletter.Digests;

/// <summary>Why an item was chosen, as data: a kind for machines and a text for people.</summary>
/// <param name="Kind">
/// <c>role</c> (the same role), <c>form</c> (a broader or narrower form), <c>near</c> (a nearby role, by widening),
/// <c>topic</c>, <c>pick</c> and <c>lead</c> (the editor's hand), <c>leading</c>.
/// </param>
/// <param name="ForWhom">The reader's role or topic it was chosen for, as the mail says it; null when it was for none.</param>
public sealed record Reason(string Kind, string Text, string? ForWhom = null)
{
    public static readonly Reason Leading = new("leading", "leading item: no roles chosen yet");
    public static readonly Reason Pick = new("pick", "editor's pick");
    public static readonly Reason Lead = new("lead", "editor's lead item");

    /// <summary>The short line of a mail; all reasons in full are in the web view and in <c>editions why</c>.</summary>
    public static string ShortLine(IReadOnlyList<Reason> reasons)
    {
        var names = reasons.Select(r => r.ForWhom).OfType<string>().Distinct().ToList();
        var parts = reasons.Where(r => r.ForWhom is null && r.Kind != "near").Select(r => Capitalised(r.Text));
        if (names.Count > 0)
        {
            parts = parts.Append("Chosen for: " + string.Join(", ", names));
        }
        if (reasons.FirstOrDefault(r => r.Kind == "near") is { } near)
        {
            parts = parts.Append(Capitalised(near.Text.Split(" – ")[0]));
        }
        return string.Join(" · ", parts);
    }

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>One way in which an item is chosen in an edition: this revision, at this depth, for these reasons.</summary>
/// <param name="Number">From 1 within the edition.</param>
public sealed record Choice(int Number, long ItemId, long RevisionId, Depth Depth, IReadOnlyList<Reason> Reasons)
{
    /// <summary>The reader's role under whose name it stands where the mail has sections; null when it is for none.</summary>
    public string? Section { get; init; }

    /// <summary>The reader's roles it was chosen for; the one that counted most first.</summary>
    public IReadOnlyList<int> RoleIds { get; init; } = [];

    /// <summary>How deep a mail shows it in this place: the first item is one depth fuller than it was chosen.</summary>
    /// <param name="place">From 0.</param>
    public Depth DepthAt(int place) => place == 0 && Depth < Depth.Full ? Depth + 1 : Depth;

    /// <summary>The name of the first of these to which the key takeaway is addressed; null when it is to none.</summary>
    public string? AddressedAs { get; init; }
}

/// <summary>
/// What one reader gets, as a delivery keeps it: the numbers of its choices in order, three bytes each, big-endian.
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

    /// <summary>Headings help when at least two of the reader's roles have at least two items each.</summary>
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
