using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

/// <summary>The templates, compiled once for all tests, and things to render with them.</summary>
public static class Rendered
{
    public static readonly Templates Templates = new();

    public static readonly Renderer Renderer = new(Templates);

    public static readonly MergeFields Anna = new()
    {
        Name = "Anna",
        UnsubscribeUrl = "https://news.example.com/unsubscribe/anna-1",
        PreferencesUrl = "https://news.example.com/preferences/anna-2",
        ViewUrl = "https://news.example.com/view/anna-3",
    };

    public static readonly DigestModel Weekly = new()
    {
        Name = "The Weekly Brief",
        Date = "Monday, 2 March 2026",
        PublicUrl = "https://news.example.com/",
        PostalAddress = "Example Press, 1 Harbour Street, 20457 Hamburg, Germany",
    };

    public static readonly MailHead Head = new()
    {
        Sender = new() { Name = "The Weekly Brief", Address = "brief@news.example.com", PostalAddress = Weekly.PostalAddress },
        To = "anna@example.org",
        ToName = "Anna",
        Subject = "Small models move into the warehouse",
        Date = new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero),
        MessageId = "d42.s17@news.example.com",
        UnsubscribeUrl = Anna.UnsubscribeUrl,
    };

    public const string Reasons = "Chosen for: AI Engineer";

    public static ItemContent Content(string title = "Small models move into the warehouse") => new()
    {
        Title = title,
        Url = "https://example.com/small-models?from=a&to=b",
        Summary = "A logistics firm replaced one large hosted model by four small ones that run beside the conveyor belts.\n\n"
            + "Latency fell from two seconds to eighty milliseconds, and the monthly bill by a third.",
        KeyTakeaway = "For engineering leads with a latency problem, measure where the time goes before you change the model: here half of it was the network.",
        KeyInsights = ["Four narrow models beat one broad model on three of four tasks.", "Operators trusted the system only after it showed its confidence."],
        Principles = ["Put the computation where the data is born."],
        Method = "Each model was distilled from logged answers of the large one, then tested for a month in the shadow of the old system.",
        InPractice = ["Log the answers of your large model from the first day.", "Run old and new side by side before you switch."],
        Topics = ["Edge inference", "Logistics"],
        BestFor = ["AI Engineer"],
        Credit = "Editorial summary, takeaway, and curation by Example Press. Original article published by Belt & Pallet.",
    };

    public static ItemModel Item(ItemContent? content = null, Depth depth = Depth.Full) => new()
    {
        Item = content ?? Content(),
        Depth = depth,
        PublicPage = "https://news.example.com/items/7",
    };

    public static async Task<MailItem> MailItemAsync(ItemModel item, string reasons = Reasons) =>
        new(await Renderer.FragmentAsync(item), new ReasonsLine(reasons), null);

    /// <summary>One person's mail, whatever its head.</summary>
    public static SplicedMail Mail(MailBody body, MergeFields personal) => new DigestHeads().Mail(Head, body, personal);

    public static async Task<MailBody> BodyAsync(params ItemModel[] items) => new(
        await Renderer.FrameAsync(Weekly),
        await Task.WhenAll(items.Select(item => MailItemAsync(item))),
        ["AI Engineer", "Logistics"]);
}
