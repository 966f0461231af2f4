using System.Globalization;

namespace Newsletter.Rendering;

/// <summary>
/// What one composition's mails have in common: frame and items joined, nothing copied. Only personal marks are left open.
/// Made in microseconds, so every person may have a composition of their own.
/// </summary>
public sealed class MailBody
{
    private const int MostTitles = 6;
    private const int MostNames = 6;
    private const int PreheaderLength = 140;
    private const string Widened = "Little that is new fits your roles this time, so some items are for roles close to them.";

    private static readonly Piece LineEnd = Encoded("\n");

    /// <param name="chosenFor">Roles and topics.</param>
    /// <param name="isWidened">Some items are for nearby roles only: the mail says so.</param>
    public MailBody(Frame frame, IReadOnlyList<MailItem> items, IReadOnlyList<string> chosenFor, bool isWidened = false)
    {
        var fragments = items.Select(item => item.Fragment).ToList();
        var overview = Overview(fragments, chosenFor) + (isWidened ? " " + Widened : "");
        var preheader = Preheader(fragments);
        Html = Fill(frame.Html, mark => mark switch
        {
            Mark.Items => items.SelectMany(item => Pieces(item.Section?.Html, item.Fragment.Html, item.Reasons.Html)),
            Mark.Titles => Titles(fragments).SelectMany(item => item.TitleHtml.Pieces),
            Mark.Overview => [Encoded(OutsideText.Escape(overview))],
            Mark.Preheader => [Encoded(OutsideText.Escape(preheader))],
            _ => [new(default, mark)],
        });
        Text = Fill(frame.Text, mark => mark switch
        {
            Mark.Items => items.SelectMany(item => Pieces(item.Section?.Text, item.Fragment.Text, item.Reasons.Text)),
            Mark.Titles => TextTitles(fragments),
            Mark.Overview => [Encoded(Wrapping.Wrap(overview))],
            Mark.Preheader => [Encoded(preheader)],
            _ => [new(default, mark)],
        });
    }

    /// <summary>Pieces of the HTML part; the marks are personal ones.</summary>
    public IReadOnlyList<Piece> Html { get; }

    /// <summary>Pieces of the text part; the marks are personal ones.</summary>
    public IReadOnlyList<Piece> Text { get; }

    private static List<Piece> Fill(EncodedText frame, Func<Mark, IEnumerable<Piece>> filling)
    {
        var pieces = new List<Piece>();
        foreach (var piece in frame.Pieces)
        {
            if (piece.Mark is { } mark)
            {
                pieces.AddRange(filling(mark));
            }
            else
            {
                pieces.Add(piece);
            }
        }

        return pieces;
    }

    private static IEnumerable<Piece> Pieces(EncodedText? section, EncodedText item, Piece reasons) =>
        (section?.Pieces ?? []).Concat(item.Pieces.Select(piece => piece.Mark == Mark.Reasons ? reasons : piece));

    private static Piece Encoded(string text) => new(QuotedPrintable.Encode(text), null);

    /// <summary>A blank line divides the list from what is above, where there is a list.</summary>
    private static IEnumerable<Piece> TextTitles(IReadOnlyList<Fragment> items) =>
        items.Count > 1 ? Titles(items).SelectMany(item => item.TitleText.Pieces).Prepend(LineEnd) : [];

    private static IEnumerable<Fragment> Titles(IReadOnlyList<Fragment> items) => items.Count > 1 ? items.Take(MostTitles) : [];

    private static string Overview(IReadOnlyList<Fragment> items, IReadOnlyList<string> chosenFor)
    {
        var minutes = items.Sum(item => item.Minutes);
        var length = string.Create(CultureInfo.InvariantCulture,
            $"{items.Count} {(items.Count == 1 ? "item" : "items")}, about {minutes} {(minutes == 1 ? "minute" : "minutes")}.");
        var names = chosenFor.Take(MostNames).Select(name => OutsideText.OneLine(name));
        return chosenFor.Count == 0 ? length : $"{length} Chosen for: {string.Join(", ", names)}{(chosenFor.Count > MostNames ? ", …" : "")}";
    }

    /// <summary>Not the first title: that is likely to be the subject.</summary>
    private static string Preheader(IReadOnlyList<Fragment> items) => items.Count switch
    {
        0 => "",
        1 => items[0].Teaser,
        _ => OutsideText.OneLine(string.Join(" · ", items.Skip(1).Take(3).Select(item => item.Title)), PreheaderLength),
    };
}
