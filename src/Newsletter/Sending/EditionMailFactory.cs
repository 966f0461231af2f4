using System.Globalization;
using Microsoft.Extensions.Options;
using Newsletter.Addresses;
using Newsletter.Archive;
using Newsletter.Choosing;
using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Links;
using Newsletter.Mime;
using Newsletter.Rendering;
using Newsletter.Zones;

namespace Newsletter.Sending;

/// <summary>Prepares an edition for building its mails.</summary>
public sealed class EditionMailFactory(
    CompositionStore compositions, ItemStore items, ItemPageStore pages, EditionDesigns designs, SignedLinks links,
    IOptions<SenderOptions> sender, IOptions<BrandOptions> brand, IOptions<SiteOptions> site, TimeProvider time)
{
    /// <summary>Renders the edition's frame. Items are loaded and rendered later, when a composition with them is prepared.</summary>
    /// <param name="inHand">Maximum number of compositions that are prepared and still needed for mails.</param>
    /// <exception cref="Refusal">Invalid: the sender's address or the public URL is not valid, or the frame cannot be rendered.</exception>
    public Task<EditionMailBuilder> OpenAsync(Edition edition, bool isTest = false, int inHand = 1) =>
        OpenAsync(edition, numbers => compositions.ChoicesAsync(edition.Id, numbers), isTest, inHand);

    /// <param name="choices">Loads choices by number.</param>
    internal async Task<EditionMailBuilder> OpenAsync(
        Edition edition, Func<IReadOnlyCollection<int>, Task<IReadOnlyDictionary<int, Choice>>> choices, bool isTest, int inHand)
    {
        var local = Zone.Of(edition.Timezone).Local(edition.SendAt ?? time.GetUtcNow());
        var root = site.Value.Root();
        var design = await designs.OfAsync(edition, new DigestModel
        {
            Name = edition.DigestName,
            PublicUrl = root,
            PostalAddress = sender.Value.PostalAddress,
            Date = local.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture),
            Language = edition.Language,
            Intro = edition.Intro,
            Brand = brand.Value,
            IsTest = isTest,
        });
        var frame = await design.Renderer.FrameAsync(design.Frame);
        // A test mail may contain items that are in no other mail, and whose pages do not become public with the edition.
        var bodies = new EditionBodies(
            edition, choices, items.RevisionsAsync, frame, design.Renderer, design.Frame.PublicUrl, inHand,
            isTest || design.SignsItems ? SignedAsync : null);
        return new EditionMailBuilder(edition, bodies, isTest, links, sender.Value.Checked(), time);
    }

    private async Task<IReadOnlyDictionary<long, string>> SignedAsync(IReadOnlyCollection<long> itemIds) =>
        (await pages.RowsAsync(itemIds)).ToDictionary(row => row.Id, links.Item);
}

/// <summary>Builds the mails of one edition; only the personal parts are built per reader. Thread-safe.</summary>
public sealed class EditionMailBuilder
{
    private readonly Edition edition;
    private readonly EditionBodies bodies;
    private readonly bool isTest;
    private readonly SignedLinks links;
    private readonly SenderOptions sender;
    private readonly TimeProvider time;
    private readonly DigestHeads heads = new();

    internal EditionMailBuilder(Edition edition, EditionBodies bodies, bool isTest, SignedLinks links, SenderOptions sender, TimeProvider time)
    {
        this.edition = edition;
        this.bodies = bodies;
        this.isTest = isTest;
        this.links = links;
        this.sender = sender;
        this.time = time;
    }

    /// <summary>Loads and renders the parts of mails with these compositions. Call it before <see cref="Message"/>.</summary>
    public Task PrepareAsync(IReadOnlyCollection<byte[]> compositions) => bodies.PrepareAsync(compositions);

    /// <summary>A warning for editors about a composition's mails; null if there is none.</summary>
    /// <param name="composition">A prepared composition.</param>
    /// <exception cref="Refusal">Invalid: the composition could not be rendered.</exception>
    public string? WarningOf(byte[] composition) => bodies[composition].Warning;

    /// <summary>One reader's mail. Except for tests, its Message-ID is the same each time it is built.</summary>
    /// <param name="recipient">For a test <see cref="MailRecipient.Nobody"/>, whose links have no effect.</param>
    /// <param name="composition">A prepared composition.</param>
    /// <exception cref="Refusal">Invalid: the composition could not be rendered, or the email address is not valid.</exception>
    /// <exception cref="KeyNotFoundException">The composition has been evicted.</exception>
    public SplicedMail Message(MailRecipient recipient, byte[] composition)
    {
        var (body, subject, _) = bodies[composition];
        var unsubscribe = links.Unsubscribe(recipient.Row, edition.Id);
        var head = new MailHead
        {
            Sender = sender,
            To = recipient.Email,
            ToName = recipient.Name,
            Subject = isTest ? $"[Test] {subject}" : subject,
            Date = time.GetUtcNow(),
            MessageId = $"{(isTest ? Guid.NewGuid().ToString("N") : links.DeliveryMail(recipient.Row, edition.Row))}@{sender.Domain}",
            UnsubscribeUrl = isTest ? null : unsubscribe,
            FeedbackId = string.Create(CultureInfo.InvariantCulture, $"e{edition.Id}:{edition.DigestSlug}:digest:newsletter"),
        };
        return heads.Mail(head, body, new MergeFields
        {
            Name = recipient.Name,
            UnsubscribeUrl = unsubscribe,
            PreferencesUrl = links.Preferences(recipient.Row),
            ViewUrl = links.View(recipient.Row, edition.Row),
        });
    }
}
