using System.Globalization;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Sending;

/// <summary>
/// Limits the size of mails: Gmail cuts off HTML beyond 102 kB, including the unsubscribe link. A mail that is too large is
/// shortened from its last item upwards: first method and principles are removed, then key insights, then everything but title,
/// reasons and credit. The first item is shortened last.
/// </summary>
internal static class MailSize
{
    /// <summary>Octets of HTML above which a mail is shortened.</summary>
    public const int Limit = 80_000;

    /// <summary>Octets of HTML from which a mail is not sent.</summary>
    public const int HardLimit = 95_000;

    /// <summary>Octets reserved for parts that are not known yet: links, names and the lines above the items.</summary>
    private const int PersonalParts = 3000;

    private const string Advice = "Lower the digest's --max, or shorten its longest items.";

    private static readonly (Depth Depth, bool IsTitleOnly)[] Steps = [(Depth.Standard, false), (Depth.Brief, false), (Depth.Brief, true)];

    /// <summary>An upper estimate, in octets of HTML.</summary>
    public static int Of(Frame frame, IEnumerable<MailItem> items) =>
        frame.Size + PersonalParts + items.Sum(item => item.Size) + TitlesOf(items);

    /// <summary>Shortens one item at a time, in the order in which items lose their parts.</summary>
    /// <param name="forms">The mail's items, first to last. Changed while the result is enumerated.</param>
    /// <returns>The index of each item that was shortened.</returns>
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

    /// <param name="size">Octets of HTML.</param>
    /// <param name="shortened">Number of items that were shortened.</param>
    /// <returns>Null if nothing was shortened and the size is within the limit.</returns>
    /// <exception cref="Refusal">Invalid: too large to be sent.</exception>
    public static string? Warning(int size, int shortened) => size switch
    {
        >= HardLimit => throw Refusal.Invalid(
            $"This mail has {Kilobytes(size)} of HTML, and mailbox providers cut off what is beyond 102 kB: "
            + $"mails of {Kilobytes(HardLimit)} or more are not sent. {Advice}"),
        > Limit => $"This mail has {Kilobytes(size)} of HTML even with every item at its shortest; mails of {Kilobytes(HardLimit)} or more are not sent. "
            + Advice,
        _ when shortened > 0 =>
            $"This mail would have more than {Kilobytes(Limit)} of HTML, so {shortened} of its items are shown shorter than they were chosen.",
        _ => null,
    };

    /// <summary>Upper estimate of the list of titles: its markup, and each title once more.</summary>
    private static int TitlesOf(IEnumerable<MailItem> items) => items.Take(MailBody.MostTitles).Sum(item => item.Fragment.TitleSize);

    private static string Kilobytes(int octets) => string.Create(CultureInfo.InvariantCulture, $"{octets / 1000.0:0.#} kB");
}

/// <summary>One way in which an item is rendered: the cache key of a fragment.</summary>
internal readonly record struct ItemForm(long RevisionId, long ItemId, Depth Depth, string? AddressedAs, bool IsLead, bool IsTitleOnly);
