using System.IO.Hashing;
using System.Runtime.InteropServices;
using Newsletter.Items;
using Newsletter.Roles;

namespace Newsletter.Choosing;

/// <summary>
/// Numbers the distinct ways in which items are chosen. Stores only the facts that tell them apart; choices and their reasons are built
/// from the facts on demand.
/// </summary>
internal sealed class ChoiceRegistry(CandidateIndex index, Taxonomy taxonomy)
{
    // The layout of a fact: the candidate, flags, the number of roles, these roles (the best first), then the followed topics.
    private const int Head = 3;
    private const int DepthBits = 7;
    private const int Pinned = 8;
    private const int Lead = 16;
    private const int HasRoles = 32;

    private readonly Dictionary<int, Role> roles = taxonomy.Roles.ToDictionary(role => role.Id);

    // Keyed by a 128-bit hash: comparing the facts themselves would cost a second cache miss in each of eight million look-ups.
    private readonly Dictionary<UInt128, int> numbers = [];
    private readonly List<int> facts = [];
    private readonly List<int> starts = [];

    /// <summary>All choices with higher numbers, in order.</summary>
    public IEnumerable<Choice> After(int number) => Enumerable.Range(number, starts.Count - number).Select(Make);

    /// <returns>The number of this choice, from 1.</returns>
    /// <exception cref="Refusal">Conflict: more distinct choices than <see cref="Composition.MostChoices"/>.</exception>
    public int NumberOf(in CandidateScore score, in Profile profile, Depth depth)
    {
        Span<int> fact = stackalloc int[Head + profile.Roles.Length + score.Topics];
        var length = Head;
        if (score.Roles != 0)
        {
            fact[length++] = profile.Roles[score.Role];
            for (var i = 0; i < profile.Roles.Length; i++)
            {
                if (i != score.Role && (score.Roles & (1UL << i)) != 0)
                {
                    fact[length++] = profile.Roles[i];
                }
            }
        }
        fact[0] = score.Candidate;
        fact[1] = (int)depth | (score.IsPinned ? Pinned : 0) | (score.IsLead ? Lead : 0) | (profile.HasRoles ? HasRoles : 0);
        fact[2] = length - Head;
        if (score.Topics > 0)
        {
            foreach (var topic in index.Topics[score.Candidate])
            {
                if (profile.Topics.BinarySearch(topic) >= 0)
                {
                    fact[length++] = topic;
                }
            }
        }
        fact = fact[..length];
        var hash = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(fact));
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, hash, out var known);
        if (!known)
        {
            if (starts.Count == Composition.MostChoices)
            {
                throw Refusal.Conflict(
                    $"This plan would choose items in more than {Composition.MostChoices} ways: reduce the number of candidates (--days of the digest).");
            }
            starts.Add(facts.Count);
            facts.AddRange(fact);
            number = starts.Count;
        }
        return number;
    }

    private Choice Make(int place)
    {
        var fact = CollectionsMarshal.AsSpan(facts)[starts[place]..(place + 1 < starts.Count ? starts[place + 1] : facts.Count)];
        var candidate = index.Candidates[fact[0]];
        var mine = fact.Slice(Head, fact[2]).ToArray();
        var reasons = new List<Reason>();
        if ((fact[1] & Lead) != 0)
        {
            reasons.Add(Reason.Lead);
        }
        if ((fact[1] & Pinned) != 0)
        {
            reasons.Add(Reason.Pick);
        }
        if ((fact[1] & HasRoles) == 0)
        {
            reasons.Add(Reason.Leading);
        }
        foreach (var role in mine)
        {
            reasons.Add(Why(roles[role], index.ClosestOf(role, fact[0])));
        }
        foreach (var topic in fact[(Head + mine.Length)..])
        {
            var name = candidate.Topics.First(t => index.TopicOf(t) == topic).Trim();
            reasons.Add(new Reason("topic") { Topic = name });
        }
        return new Choice(place + 1, candidate.ItemId, candidate.RevisionId, (Depth)(fact[1] & DepthBits), reasons)
        {
            Section = mine.Length == 0 ? null : roles[mine[0]].Name,
            RoleIds = mine,
            AddressedAs = AddressedAs(mine, candidate),
        };
    }

    private string? AddressedAs(int[] mine, Candidate candidate) =>
        Array.Find(mine, role => candidate.AddressedTo.Any(addressed => taxonomy.Fits(role, addressed))) is var role and > 0 ? roles[role].Name : null;

    private Reason Why(Role mine, CandidateRole closest)
    {
        var kind = taxonomy.FitOf(mine.Id, closest.RoleId) switch { Fit.Same => "role", Fit.None => "near", _ => "form" };
        return new Reason(kind) { Role = mine.Name, ItemRole = kind == "role" ? null : roles[closest.RoleId].Name, Label = closest.Label };
    }
}
