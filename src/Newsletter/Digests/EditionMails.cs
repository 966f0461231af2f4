using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;
using Newsletter.Addresses;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Digests;

/// <summary>Opens an edition for making its mails.</summary>
public sealed class EditionMails(
    EditionStore editions, ItemStore items, Renderer renderer, SignedLinks links,
    IOptions<SenderOptions> sender, IOptions<SiteOptions> site, TimeProvider time)
{
    /// <summary>Reads the edition's choices and renders its frame; items are rendered when the first mail needs them.</summary>
    public async Task<EditionMail> OpenAsync(Edition edition, bool isTest = false)
    {
        var choices = await editions.ChoicesAsync(edition.Id);
        var contents = await items.RevisionsAsync(choices.Values.Select(c => c.RevisionId).Distinct().ToList());
        var local = TimeZoneInfo.ConvertTime(edition.SendAt ?? time.GetUtcNow(), Schedule.Zone(edition.Timezone));
        var frame = await renderer.FrameAsync(new DigestModel
        {
            Name = edition.DigestName,
            PublicUrl = site.Value.Root(),
            PostalAddress = sender.Value.PostalAddress,
            Date = local.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture),
            IsTest = isTest,
        });
        return new EditionMail(edition, choices, contents, frame, isTest, editions, renderer, links, sender.Value, site.Value.Root(), time);
    }
}

/// <summary>
/// The mails of one edition: fragments are rendered once per choice, bodies joined once per composition, and per person
/// only the personal parts are put in. Used by many connections at once.
/// </summary>
public sealed class EditionMail
{
    // In the worst case every reader has a composition of their own: bodies are lists of references, yet not kept without end.
    private const int BodiesKept = 2000;

    private readonly Edition edition;
    private readonly IReadOnlyDictionary<int, Choice> choices;
    private readonly IReadOnlyDictionary<long, ItemContent> contents;
    private readonly Frame frame;
    private readonly bool isTest;
    private readonly EditionStore editions;
    private readonly Renderer renderer;
    private readonly SignedLinks links;
    private readonly SenderOptions sender;
    private readonly string root;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<int, Fragment> fragments = new();
    private readonly ConcurrentDictionary<int, (MailBody Body, string Subject)> bodies = new();

    internal EditionMail(
        Edition edition, IReadOnlyDictionary<int, Choice> choices, IReadOnlyDictionary<long, ItemContent> contents, Frame frame, bool isTest,
        EditionStore editions, Renderer renderer, SignedLinks links, SenderOptions sender, string root, TimeProvider time)
    {
        this.edition = edition;
        this.choices = choices;
        this.contents = contents;
        this.frame = frame;
        this.isTest = isTest;
        this.editions = editions;
        this.renderer = renderer;
        this.links = links;
        this.sender = sender;
        this.root = root;
        this.time = time;
    }

    /// <summary>The mail of one person; the same Message-ID each time it is made.</summary>
    /// <param name="subscriberId">0 for a test: its links lead nowhere.</param>
    public async Task<MimeMessage> MessageAsync(long subscriberId, string email, string? name, int composition)
    {
        var (body, subject) = await BodyAsync(composition);
        var unsubscribe = links.Unsubscribe(subscriberId, edition.Id);
        var domain = sender.Address[(sender.Address.LastIndexOf('@') + 1)..];
        var head = new MailHead
        {
            Sender = sender,
            To = email,
            ToName = name,
            Subject = isTest ? $"[Test] {subject}" : subject,
            Date = time.GetUtcNow(),
            MessageId = string.Create(CultureInfo.InvariantCulture,
                $"{(isTest ? Guid.NewGuid().ToString("N") : $"e{edition.Id}.s{subscriberId}.{edition.CreatedAt.ToUnixTimeMilliseconds():x}")}@{domain}"),
            UnsubscribeUrl = isTest ? null : unsubscribe,
            FeedbackId = string.Create(CultureInfo.InvariantCulture, $"e{edition.Id}:{edition.DigestSlug}:digest:newsletter"),
        };
        return MailMessage.Digest(head, body, new Personal
        {
            Name = name,
            UnsubscribeUrl = unsubscribe,
            PreferencesUrl = links.Preferences(subscriberId),
            ViewUrl = links.View(subscriberId, edition.Id),
        });
    }

    private async ValueTask<(MailBody Body, string Subject)> BodyAsync(int composition)
    {
        if (bodies.TryGetValue(composition, out var known))
        {
            return known;
        }
        var chosen = (await editions.CompositionAsync(edition.Id, composition)).Select(number => choices[number]).ToList();
        var parts = new List<Fragment>(chosen.Count);
        for (var i = 0; i < chosen.Count; i++)
        {
            parts.Add(await FragmentAsync(chosen[i]));
        }
        var chosenFor = chosen.SelectMany(c => c.Reasons).Select(r => r.ForWhom).OfType<string>().Distinct().ToList();
        var made = (new MailBody(frame, parts, chosenFor), $"{edition.DigestName}: {parts[0].Title}");
        if (bodies.Count >= BodiesKept)
        {
            bodies.Clear();
        }
        return bodies[composition] = made;
    }

    private async ValueTask<Fragment> FragmentAsync(Choice choice)
    {
        if (!fragments.TryGetValue(choice.Number, out var fragment))
        {
            fragments[choice.Number] = fragment = await renderer.FragmentAsync(new ItemModel
            {
                Item = contents[choice.RevisionId],
                Depth = choice.Depth,
                PublicPage = string.Create(CultureInfo.InvariantCulture, $"{root}/items/{choice.ItemId}"),
                Reasons = Reason.ShortLine(choice.Reasons),
            });
        }
        return fragment;
    }
}
