using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Rendering;
using Npgsql;

namespace Newsletter.Sending;

/// <summary>
/// Cache of the parts that an edition's mails share. A fragment is rendered once per revision, depth and addressed role; a body is
/// assembled once per composition.
/// </summary>
/// <param name="read">Loads choices by number.</param>
/// <param name="contents">Loads texts by revision id.</param>
/// <param name="inHand">Maximum number of compositions that are prepared and still needed for mails.</param>
/// <param name="signed">Loads the signed addresses of item pages by item id; null if mails link to the public pages.</param>
internal sealed class EditionBodies(
    Edition edition, Func<IReadOnlyCollection<int>, Task<IReadOnlyDictionary<int, Choice>>> read,
    Func<IReadOnlyCollection<long>, Task<IReadOnlyDictionary<long, ItemContent>>> contents, Frame frame, Renderer renderer, string root, int inHand,
    Func<IReadOnlyCollection<long>, Task<IReadOnlyDictionary<long, string>>>? signed = null)
{
    private const int FragmentsKept = 1000;

    private readonly ConcurrentDictionary<ItemForm, Fragment> fragments = new();
    private readonly ConcurrentDictionary<long, string> pages = new();
    private readonly ConcurrentDictionary<string, SectionHeading> sections = new();
    private readonly ConcurrentDictionary<string, ReasonsLine> reasons = new();
    private volatile ConcurrentDictionary<string, Body> bodies = new();

    /// <summary>Previous cache generation, readable while the new one fills.</summary>
    private volatile ConcurrentDictionary<string, Body> previous = new();

    /// <param name="composition">A prepared composition.</param>
    /// <returns>The warning is for editors; null if there is none.</returns>
    /// <exception cref="Refusal">Invalid: the composition could not be rendered.</exception>
    /// <exception cref="KeyNotFoundException">Evicted: more than the maximum number of compositions were prepared since.</exception>
    public (MailBody Body, string Subject, string? Warning) this[byte[] composition] => Find(KeyOf(composition)) switch
    {
        { Parts: { } parts } body => (parts, body.Subject, body.Warning),
        { Subject: var failure } => throw Refusal.Invalid(failure),
    };

    /// <summary>
    /// Fills the cache for these compositions. An item that cannot be rendered fails only the mails that contain it. Not thread-safe
    /// itself, but other threads may build mails concurrently.
    /// </summary>
    public async Task PrepareAsync(IReadOnlyCollection<byte[]> compositions)
    {
        var wanted = compositions.DistinctBy(KeyOf).ToList();
        var missing = wanted.Where(composition => !bodies.ContainsKey(KeyOf(composition))).ToList();
        if (bodies.Count + missing.Count > inHand)
        {
            // Start a new cache generation. In the worst case every reader has a different composition, and the cache must not grow
            // without limit. All compositions of this call go into the new generation, so that they outlive the previous one.
            missing = wanted;
            (previous, bodies) = (bodies, new());
        }
        if (fragments.Count > FragmentsKept)
        {
            fragments.Clear();
        }
        try
        {
            await MakeAllAsync(missing);
        }
        catch (Exception failure) when (IsOfComposition(failure) && missing.Count > 0)
        {
            // Rows of one composition are missing or unreadable. Retry each alone, so that the others are not affected.
            foreach (var composition in missing)
            {
                await MakeAloneAsync(composition);
            }
        }
    }

    private async Task MakeAloneAsync(byte[] composition)
    {
        try
        {
            await MakeAllAsync([composition]);
        }
        catch (Exception failure) when (IsOfComposition(failure))
        {
            bodies[KeyOf(composition)] = new Body(null, failure.Message, null);
        }
    }

    private async Task MakeAllAsync(List<byte[]> missing)
    {
        var choices = await read(missing.SelectMany(Composition.Numbers).Distinct().ToList());
        var chosen = missing.ConvertAll(composition => Composition.Numbers(composition).Select(number => choices[number]).ToList());
        var unrendered = chosen.SelectMany(mail => mail.Where((choice, place) => !fragments.ContainsKey(FormOf(choice, place))));
        var texts = await contents(unrendered.Select(choice => choice.RevisionId).Distinct().ToList());
        await SignAsync(chosen.SelectMany(mail => mail).Select(choice => choice.ItemId).Where(item => !pages.ContainsKey(item)).Distinct().ToList());
        for (var i = 0; i < missing.Count; i++)
        {
            try
            {
                bodies[KeyOf(missing[i])] = await MakeAsync(chosen[i], texts);
            }
            catch (Exception failure) when (IsOfComposition(failure))
            {
                bodies[KeyOf(missing[i])] = new Body(null, failure.Message, null);
            }
        }
    }

    private async Task SignAsync(List<long> items)
    {
        if (signed is not null && items.Count > 0)
        {
            foreach (var (item, page) in await signed(items))
            {
                pages[item] = page;
            }
        }
    }

    /// <summary>Whether the composition itself caused the failure, and not the database or cancellation.</summary>
    private static bool IsOfComposition(Exception failure) => failure is not (OperationCanceledException or NpgsqlException);

    private Body Find(string key) => bodies.TryGetValue(key, out var body) ? body : previous[key];

    private static string KeyOf(byte[] composition) => Encoding.Latin1.GetString(composition);

    private static ItemForm FormOf(Choice choice, int place) =>
        new(choice.RevisionId, choice.ItemId, choice.DepthAt(place), choice.AddressedAs, place == 0, false);

    private async Task<Body> MakeAsync(List<Choice> chosen, IReadOnlyDictionary<long, ItemContent> texts)
    {
        var placed = new MailItem[chosen.Count];
        var forms = new ItemForm[chosen.Count];
        string? section = null;
        var hasSections = Composition.HasSections(chosen);
        for (var place = 0; place < placed.Length; place++)
        {
            var choice = chosen[place];
            var heading = hasSections && choice.Section is not null && choice.Section != section ? await SectionAsync(choice.Section) : null;
            section = choice.Section;
            forms[place] = FormOf(choice, place);
            placed[place] = new MailItem(
                await FragmentAsync(forms[place], texts), reasons.GetOrAdd(ReasonText.ShortLine(choice.Reasons), line => new ReasonsLine(line)), heading);
        }
        var warning = await FitAsync(placed, forms, texts);
        var all = chosen.SelectMany(c => c.Reasons).ToList();
        var body = new MailBody(
            frame, placed, all.Select(r => r.ForWhom).OfType<string>().Distinct().ToList(), isWidened: all.Exists(r => r.Kind == "near"),
            roles: all.Where(r => r.Kind is "role" or "form").Select(r => r.ForWhom).OfType<string>().Distinct().ToList());
        return new Body(body, edition.Subject ?? SubjectLine.Of(placed[0].Fragment.Title), warning);
    }

    /// <summary>Shortens items until the mail is within <see cref="MailSize.Limit"/>, or cannot be shortened further.</summary>
    /// <returns>The warning for editors; null if nothing was changed.</returns>
    /// <exception cref="Refusal">Invalid: too large even at its shortest.</exception>
    private async Task<string?> FitAsync(MailItem[] placed, ItemForm[] forms, IReadOnlyDictionary<long, ItemContent> texts)
    {
        var size = MailSize.Of(frame, placed);
        if (size <= MailSize.Limit)
        {
            return null;
        }
        var missing = forms.Select(form => form.RevisionId).Where(revision => !texts.ContainsKey(revision)).Distinct().ToList();
        texts = missing.Count == 0 ? texts : texts.Concat(await contents(missing)).ToDictionary();
        var shortened = new HashSet<int>();
        foreach (var place in MailSize.Shorten(forms))
        {
            var fragment = await FragmentAsync(forms[place], texts);
            if (fragment.Size < placed[place].Fragment.Size)
            {
                shortened.Add(place);
            }
            size += fragment.Size - placed[place].Fragment.Size;
            placed[place] = placed[place] with { Fragment = fragment };
            if (size <= MailSize.Limit)
            {
                break;
            }
        }
        return MailSize.Warning(size, shortened.Count);
    }

    private async Task<Fragment> FragmentAsync(ItemForm form, IReadOnlyDictionary<long, ItemContent> texts)
    {
        if (!fragments.TryGetValue(form, out var fragment))
        {
            fragments[form] = fragment = await renderer.FragmentAsync(new ItemModel
            {
                Item = texts[form.RevisionId],
                Depth = form.Depth,
                AddressedAs = form.AddressedAs,
                IsLead = form.IsLead,
                IsTitleOnly = form.IsTitleOnly,
                PublicPage = signed is null ? string.Create(CultureInfo.InvariantCulture, $"{root}/items/{form.ItemId}") : pages[form.ItemId],
            });
        }
        return fragment;
    }

    private async Task<SectionHeading> SectionAsync(string name)
    {
        if (!sections.TryGetValue(name, out var heading))
        {
            sections[name] = heading = await renderer.SectionAsync(new SectionModel(name));
        }
        return heading;
    }

    /// <param name="Parts">Null if the body could not be rendered; the subject is then the error message.</param>
    private sealed record Body(MailBody? Parts, string Subject, string? Warning);
}
