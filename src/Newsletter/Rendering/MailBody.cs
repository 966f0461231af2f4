using System.Globalization;
using Newsletter.Mime;

namespace Newsletter.Rendering;

/// <summary>
/// The body that all mails of one composition share: references to the encoded pieces of frame and items, without copies. Only the
/// personal placeholders remain. Building one takes microseconds, so each reader may have a different composition.
/// </summary>
public sealed class MailBody : MailParts
{
    /// <summary>Maximum number of titles in the list above the items.</summary>
    internal const int MostTitles = 6;

    private const int MaxNames = 6;
    private const int InPreheader = 3;
    private const string Widened = "There is little new content for your roles this time, so some items are for similar roles.";

    private static readonly Piece LineEnd = Encoded("\n");
    private static readonly Piece Dot = Encoded(" · ");

    /// <param name="chosenFor">Names of the reader's roles and topics.</param>
    /// <param name="isWidened">Some items are only for neighbouring roles: the mail says so.</param>
    /// <param name="roles">The role names in <paramref name="chosenFor"/>.</param>
    public MailBody(Frame frame, IReadOnlyList<MailItem> items, IReadOnlyList<string> chosenFor, bool isWidened = false, IReadOnlyList<string>? roles = null)
    {
        var overview = Overview(items, chosenFor) + (isWidened ? " " + Widened : "");
        var audience = Audience.Of(roles ?? []);
        var htmlOverview = Encoded(UntrustedText.Escape(overview));
        Html = Fill(frame.Html, (placeholder, pieces) =>
        {
            switch (placeholder)
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
                    pieces.Add(new(default, placeholder));
                    break;
            }
        });
        Text = Fill(frame.Text, (placeholder, pieces) =>
        {
            switch (placeholder)
            {
                case Placeholder.Items:
                    foreach (var item in items)
                    {
                        AddItem(pieces, item.Section?.Text, item.Fragment.Text, item.Reasons.Text);
                    }

                    break;
                case Placeholder.Titles when items.Count > 1:
                    // If there is a list, a blank line separates it from the text above.
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
                    pieces.Add(new(default, placeholder));
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
            if (piece.Placeholder is { } placeholder)
            {
                filling(placeholder, pieces);
            }
            else
            {
                pieces.Add(piece);
            }
        }

        // Trims the list's spare capacity: a thousand bodies may be cached.
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

    /// <summary>Adds titles from the second item on: the first title is probably the subject. For a single item, adds its teaser.</summary>
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
        var names = chosenFor.Take(MaxNames).Select(name => UntrustedText.OneLine(name));
        return chosenFor.Count == 0 ? length : $"{length} Chosen for: {string.Join(", ", names)}{(chosenFor.Count > MaxNames ? ", …" : "")}";
    }
}
