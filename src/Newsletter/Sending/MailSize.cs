using System.Globalization;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>
/// Keeps mails whole: Gmail cuts off what is beyond 102 kB of HTML, and with it the link by which readers leave. A mail
/// that is too large is shortened from its last item up: first method and principles go, then key insights, then all but
/// title, reasons and credit. The first item is the last to lose anything.
/// </summary>
internal static class MailSize
{
    /// <summary>Octets of HTML above which a mail is shortened.</summary>
    public const int Limit = 80_000;

    /// <summary>Octets of HTML from which a mail is not sent.</summary>
    public const int HardLimit = 95_000;

    /// <summary>What is not known yet: links, names and the lines above the items.</summary>
    private const int Personal = 3000;

    private static readonly (Depth Depth, bool IsTitleOnly)[] Steps = [(Depth.Standard, false), (Depth.Brief, false), (Depth.Brief, true)];

    public static int Of(Frame frame, IEnumerable<MailItem> items) =>
        frame.Size + Personal + items.Sum(item => item.Size) + TitlesOf(items);

    /// <summary>Each shorter way to show the items, in order, by how one of them is changed at a time.</summary>
    /// <param name="forms">The mail's items, first to last; changed while this is enumerated.</param>
    /// <returns>The place that was changed.</returns>
    public static IEnumerable<int> Shorten(ItemForm[] forms)
    {
        foreach (var (first, last) in new[] { (1, forms.Length - 1), (0, 0) })
        {
            foreach (var (depth, isTitleOnly) in Steps)
            {
                for (var place = last; place >= first; place--)
                {
                    if (forms[place].Depth > depth || (isTitleOnly && !forms[place].IsTitleOnly))
                    {
                        forms[place] = forms[place] with { Depth = depth, IsTitleOnly = isTitleOnly };
                        yield return place;
                    }
                }
            }
        }
    }

    /// <exception cref="Refusal">Invalid: too large to be sent.</exception>
    public static string? Warning(int size, int shortened) => size switch
    {
        >= HardLimit => throw Refusal.Invalid(
            $"This mail has {Kilobytes(size)} of HTML, and mailbox providers cut off what is beyond 102 kB: it is not sent from {Kilobytes(HardLimit)} on. Lower the digest's --max, or shorten its longest items."),
        > Limit => $"This mail has {Kilobytes(size)} of HTML even with every item at its shortest; from {Kilobytes(HardLimit)} on it is not sent. Lower the digest's --max, or shorten its longest items.",
        _ when shortened > 0 => $"This mail would have more than {Kilobytes(Limit)} of HTML, so {shortened} of its items are shown shorter than they were chosen.",
        _ => null,
    };

    /// <summary>The list of titles, at the most: its own markup and each title once more.</summary>
    private static int TitlesOf(IEnumerable<MailItem> items) => items.Take(MailBody.MostTitles).Sum(item => item.Fragment.TitleSize);

    private static string Kilobytes(int octets) => string.Create(CultureInfo.InvariantCulture, $"{octets / 1000.0:0.#} kB");
}

/// <summary>One way in which an item is rendered: what a fragment is known by.</summary>
internal readonly record struct ItemForm(long RevisionId, long ItemId, Depth Depth, string? AddressedAs, bool IsLead, bool IsTitleOnly);
