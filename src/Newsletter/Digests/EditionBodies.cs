using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Digests;

/// <summary>
/// What the mails of an edition share: fragments are rendered once per revision and depth, bodies joined once per
/// composition.
/// </summary>
internal sealed class EditionBodies(
    Edition edition, Func<IReadOnlyCollection<int>, Task<IReadOnlyDictionary<int, Choice>>> read, Frame frame, ItemStore items, Renderer renderer, string root)
{
    // In the worst case every reader has a composition of their own: bodies are lists of references, yet not kept without end.
    private const int BodiesKept = 2000;

    private readonly ConcurrentDictionary<(long Revision, Depth Depth), Fragment> fragments = new();
    private readonly ConcurrentDictionary<string, SectionHeading> sections = new();
    private readonly ConcurrentDictionary<string, ReasonsLine> reasons = new();
    private readonly ConcurrentDictionary<string, Body> bodies = new();

    /// <param name="composition">One that was prepared.</param>
    /// <exception cref="Refusal">Invalid: it could not be rendered.</exception>
    public (MailBody Body, string Subject) this[byte[] composition] => bodies[KeyOf(composition)] switch
    {
        { Parts: { } parts, Subject: var subject } => (parts, subject),
        { Subject: var failure } => throw Refusal.Invalid(failure),
    };

    /// <summary>One that cannot be rendered spoils only the mails it stands in.</summary>
    public async Task PrepareAsync(IReadOnlyCollection<byte[]> compositions)
    {
        var wanted = compositions.DistinctBy(KeyOf).ToList();
        var missing = wanted.Where(composition => !bodies.ContainsKey(KeyOf(composition))).ToList();
        if (bodies.Count + missing.Count > BodiesKept)
        {
            // The caller's are to stay, so those are made anew.
            missing = wanted;
            bodies.Clear();
        }
        var choices = await read(missing.SelectMany(Composition.Numbers).Distinct().ToList());
        var contents = await items.RevisionsAsync(
            choices.Values.Where(choice => !fragments.ContainsKey((choice.RevisionId, choice.Depth))).Select(choice => choice.RevisionId).Distinct().ToList());
        foreach (var composition in missing)
        {
            try
            {
                bodies[KeyOf(composition)] = await MakeAsync(Composition.Numbers(composition).Select(number => choices[number]).ToList(), contents);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                bodies[KeyOf(composition)] = new Body(null, failure.Message);
            }
        }
    }

    private static string KeyOf(byte[] composition) => Encoding.Latin1.GetString(composition);

    private async Task<Body> MakeAsync(List<Choice> chosen, IReadOnlyDictionary<long, ItemContent> contents)
    {
        var placed = new List<MailItem>(chosen.Count);
        string? section = null;
        var hasSections = Composition.HasSections(chosen);
        foreach (var choice in chosen)
        {
            var heading = hasSections && choice.Section is not null && choice.Section != section ? await SectionAsync(choice.Section) : null;
            section = choice.Section;
            placed.Add(new MailItem(
                await FragmentAsync(choice, contents), reasons.GetOrAdd(Reason.ShortLine(choice.Reasons), line => new ReasonsLine(line)), heading));
        }
        var chosenFor = chosen.SelectMany(c => c.Reasons).Select(r => r.ForWhom).OfType<string>().Distinct().ToList();
        var isWidened = chosen.Any(c => c.Reasons.Any(r => r.Kind == "near"));
        return new Body(new MailBody(frame, placed, chosenFor, isWidened), $"{edition.DigestName}: {placed[0].Fragment.Title}");
    }

    private async Task<Fragment> FragmentAsync(Choice choice, IReadOnlyDictionary<long, ItemContent> contents)
    {
        if (!fragments.TryGetValue((choice.RevisionId, choice.Depth), out var fragment))
        {
            fragments[(choice.RevisionId, choice.Depth)] = fragment = await renderer.FragmentAsync(new ItemModel
            {
                Item = contents[choice.RevisionId],
                Depth = choice.Depth,
                PublicPage = string.Create(CultureInfo.InvariantCulture, $"{root}/items/{choice.ItemId}"),
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

    /// <param name="Parts">Null when it could not be rendered; then the subject says why.</param>
    private sealed record Body(MailBody? Parts, string Subject);
}
