using System.Collections.Concurrent;
using System.Globalization;
using Newsletter.Items;
using Newsletter.Rendering;

namespace Newsletter.Digests;

/// <summary>What the mails of an edition share: fragments are rendered once per choice, bodies joined once per composition.</summary>
internal sealed class EditionBodies(
    Edition edition, IReadOnlyDictionary<int, Choice> choices, IReadOnlyDictionary<long, ItemContent> contents, Frame frame,
    CompositionStore compositions, Renderer renderer, string root)
{
    // In the worst case every reader has a composition of their own: bodies are lists of references, yet not kept without end.
    private const int BodiesKept = 2000;

    private readonly ConcurrentDictionary<int, Fragment> fragments = new();
    private readonly ConcurrentDictionary<int, Body> bodies = new();

    /// <exception cref="Refusal">Invalid: it could not be rendered.</exception>
    public (MailBody Body, string Subject) this[int composition] => bodies[composition] is { Parts: { } parts, Subject: var subject }
        ? (parts, subject)
        : throw Refusal.Invalid(bodies[composition].Subject);

    /// <summary>One that cannot be rendered spoils only the mails it stands in.</summary>
    public async Task PrepareAsync(IEnumerable<int> numbers)
    {
        var missing = numbers.Distinct().Where(number => !bodies.ContainsKey(number)).ToList();
        if (missing.Count == 0)
        {
            return;
        }
        if (bodies.Count + missing.Count > BodiesKept)
        {
            // The caller's are to stay, so the missing ones are made anew with them.
            missing = numbers.Distinct().ToList();
            bodies.Clear();
        }
        foreach (var (number, chosen) in await compositions.ReadAsync(edition.Id, missing))
        {
            try
            {
                bodies[number] = await MakeAsync(chosen.Select(choice => choices[choice]).ToList());
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                bodies[number] = new Body(null, failure.Message);
            }
        }
    }

    private async Task<Body> MakeAsync(List<Choice> chosen)
    {
        var parts = new List<Fragment>(chosen.Count);
        foreach (var choice in chosen)
        {
            parts.Add(await FragmentAsync(choice));
        }
        var chosenFor = chosen.SelectMany(c => c.Reasons).Select(r => r.ForWhom).OfType<string>().Distinct().ToList();
        return new Body(new MailBody(frame, parts, chosenFor), $"{edition.DigestName}: {parts[0].Title}");
    }

    private async Task<Fragment> FragmentAsync(Choice choice)
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

    /// <param name="Parts">Null when it could not be rendered; then the subject says why.</param>
    private sealed record Body(MailBody? Parts, string Subject);
}
