using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>
/// What one composition's mails have in common: frame and items joined, nothing copied. Only personal marks are left open.
/// Made in microseconds, so every person may have a composition of their own.
/// </summary>
public sealed class MailBody : MailParts
{
    /// <summary>In the list above the items.</summary>
    internal const int MostTitles = 6;

    private const int MostNames = 6;
    private const int InPreheader = 3;
    private const string Widened = "Little that is new fits your roles this time, so some items are for roles close to them.";

    private static readonly Piece LineEnd = Encoded("\n");
    private static readonly Piece Dot = Encoded(" · ");

    /// <param name="chosenFor">Roles and topics.</param>
    /// <param name="isWidened">Some items are for nearby roles only: the mail says so.</param>
    /// <param name="roles">Those of <paramref name="chosenFor"/> that are roles, by their names.</param>
    public MailBody(Frame frame, IReadOnlyList<MailItem> items, IReadOnlyList<string> chosenFor, bool isWidened = false, IReadOnlyList<string>? roles = null)
    {
        var overview = Overview(items, chosenFor) + (isWidened ? " " + Widened : "");
        var audience = Audience.Of(roles ?? []);
        var htmlOverview = Encoded(UntrustedText.Escape(overview));
        Html = Fill(frame.Html, (mark, pieces) =>
        {
            switch (mark)
            {
                case Placeholder.Items:
                    foreach (var item in items)
                    {
                        AddItem(pieces, item.Section?.Html, item.Fragment.Html, item.Reasons.Html);
                    }

                    break;
                case Placeholder.Titles when items.Count > 1:
                    for (var i = 0; i < Math.Min(items.Count, MostTitles); i++)
                    {
                        pieces.AddRange(items[i].Fragment.TitleHtml.Pieces);
                    }

                    break;
                case Placeholder.Titles:
                    break;
                case Placeholder.Overview:
                    pieces.Add(htmlOverview);
                    break;
                case Placeholder.Audience when audience.Length > 0:
                    pieces.Add(Encoded(" · for " + UntrustedText.Escape(audience)));
                    break;
                case Placeholder.Audience:
                    break;
                case Placeholder.Preheader:
                    AddPreheader(pieces, items);
                    break;
                default:
                    pieces.Add(new(default, mark));
                    break;
            }
        });
        Text = Fill(frame.Text, (mark, pieces) =>
        {
            switch (mark)
            {
                case Placeholder.Items:
                    foreach (var item in items)
                    {
                        AddItem(pieces, item.Section?.Text, item.Fragment.Text, item.Reasons.Text);
                    }

                    break;
                case Placeholder.Titles when items.Count > 1:
                    // A blank line divides the list from what is above, where there is a list.
                    pieces.Add(LineEnd);
                    for (var i = 0; i < Math.Min(items.Count, MostTitles); i++)
                    {
                        pieces.AddRange(items[i].Fragment.TitleText.Pieces);
                    }

                    break;
                case Placeholder.Overview:
                    pieces.Add(Encoded(Wrapping.Wrap(overview)));
                    break;
                case Placeholder.Audience when audience.Length > 0:
                    pieces.Add(Encoded("\n" + Wrapping.Wrap("For " + audience)));
                    break;
                case Placeholder.Titles or Placeholder.Audience or Placeholder.Preheader:
                    break;
                default:
                    pieces.Add(new(default, mark));
                    break;
            }
        });
    }

    public override IReadOnlyList<Piece> Html { get; }

    public override IReadOnlyList<Piece> Text { get; }

    private static Piece[] Fill(EncodedText frame, Action<Placeholder, List<Piece>> filling)
    {
        var pieces = new List<Piece>(64);
        foreach (var piece in frame.Pieces)
        {
            if (piece.Placeholder is { } mark)
            {
                filling(mark, pieces);
            }
            else
            {
                pieces.Add(piece);
            }
        }

        // A thousand bodies may be kept: no room for more in each.
        return [.. pieces];
    }

    private static void AddItem(List<Piece> pieces, EncodedText? section, EncodedText item, Piece reasons)
    {
        if (section is not null)
        {
            pieces.AddRange(section.Pieces);
        }

        foreach (var piece in item.Pieces)
        {
            pieces.Add(piece.Placeholder == Placeholder.Reasons ? reasons : piece);
        }
    }

    /// <summary>Not the first title: that is likely to be the subject.</summary>
    private static void AddPreheader(List<Piece> pieces, IReadOnlyList<MailItem> items)
    {
        if (items.Count == 1)
        {
            pieces.Add(Encoded(UntrustedText.Escape(items[0].Fragment.Teaser)));
        }

        for (var i = 1; i < Math.Min(items.Count, InPreheader + 1); i++)
        {
            if (i > 1)
            {
                pieces.Add(Dot);
            }

            pieces.Add(items[i].Fragment.Preheader);
        }
    }

    private static Piece Encoded(string text) => new(QuotedPrintable.Encode(text), null);

    private static string Overview(IReadOnlyList<MailItem> items, IReadOnlyList<string> chosenFor)
    {
        var minutes = items.Sum(item => item.Fragment.Minutes);
        var length = string.Create(CultureInfo.InvariantCulture,
            $"{items.Count} {(items.Count == 1 ? "item" : "items")}, about {minutes} {(minutes == 1 ? "minute" : "minutes")}.");
        var names = chosenFor.Take(MostNames).Select(name => UntrustedText.OneLine(name));
        return chosenFor.Count == 0 ? length : $"{length} Chosen for: {string.Join(", ", names)}{(chosenFor.Count > MostNames ? ", …" : "")}";
    }
}
