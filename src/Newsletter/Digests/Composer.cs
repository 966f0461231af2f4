using Newsletter.Items;
using Newsletter.Targeting;

namespace Newsletter.Digests;

/// <summary>
/// Chooses for one cohort: pure, so that equal inputs give equal output. An item may be chosen when one of its roles
/// fits one of the reader's; same roles come before broader and narrower forms, newer items before older ones, and the
/// lower id decides last. A reader without roles gets the newest items, whoever they are for.
/// </summary>
public sealed class Composer
{
    private static readonly Reason Leading = new("leading", "leading item: no roles chosen yet");

    private readonly Digest digest;
    private readonly Taxonomy taxonomy;
    private readonly IReadOnlyList<Candidate> candidates;
    private readonly Dictionary<int, string> names;
    private readonly Dictionary<Profile, IReadOnlyList<Fitting>> fitting = new(ProfileComparer.Instance);
    private readonly Dictionary<string, Choice> choices = [];
    private readonly Dictionary<string, Composition> compositions = [];

    public Composer(Digest digest, Taxonomy taxonomy, IReadOnlyList<Candidate> candidates)
    {
        this.digest = digest;
        this.taxonomy = taxonomy;
        this.candidates = candidates;
        names = taxonomy.Roles.ToDictionary(role => role.Id, role => role.Name);
        RelevantRoles = taxonomy.Roles
            .Where(mine => candidates.Any(c => c.Roles.Any(role => taxonomy.Fits(mine.Id, role.RoleId))))
            .Select(role => role.Id).ToHashSet();
    }

    /// <summary>Roles that fit at least one candidate; all others can be left out of a profile.</summary>
    public IReadOnlySet<int> RelevantRoles { get; }

    public IReadOnlyCollection<Choice> Choices => choices.Values;

    public IReadOnlyCollection<Composition> Compositions => compositions.Values;

    /// <param name="seen">Item ids this cohort has had, or is about to have from another edition.</param>
    /// <returns>The composition; or null and the reason why there is none.</returns>
    public (Composition? Composition, string? SkipReason) Compose(Profile profile, IReadOnlySet<long> seen)
    {
        var chosen = Fitting(profile).Where(f => !seen.Contains(f.Candidate.ItemId)).Take(digest.MaxItems).ToList();
        if (chosen.Count < digest.MinItems)
        {
            return (null, chosen.Count == 0 ? Deliveries.SkipReason.NothingFits : Deliveries.SkipReason.TooFew);
        }
        var numbers = chosen.Select(f => ChoiceOf(f, profile.Depth ?? Depth.Standard).Number).ToList();
        var key = string.Join(',', numbers);
        if (!compositions.TryGetValue(key, out var composition))
        {
            compositions[key] = composition = new Composition(compositions.Count + 1, numbers);
        }
        return (composition, null);
    }

    /// <summary>Everything that fits a profile, best first, with its reasons.</summary>
    public IReadOnlyList<Fitting> Fitting(Profile profile)
    {
        if (!fitting.TryGetValue(profile, out var found))
        {
            fitting[profile] = found = candidates
                .Select(candidate => FittingOf(candidate, profile))
                .OfType<Fitting>()
                .OrderByDescending(f => f.IsSame)
                .ThenByDescending(f => f.Candidate.PublishedAt)
                .ThenBy(f => f.Candidate.ItemId)
                .ToList();
        }
        return found;
    }

    private Fitting? FittingOf(Candidate candidate, Profile profile)
    {
        if (!profile.HasRoles)
        {
            return new Fitting(candidate, false, [Leading]);
        }
        var same = new List<Reason>();
        var forms = new List<Reason>();
        foreach (var mine in profile.Roles)
        {
            foreach (var (roleId, label) in candidate.Roles)
            {
                switch (taxonomy.FitOf(mine, roleId))
                {
                    case Fit.Same:
                        same.Add(new Reason("role", $"role: {Name(mine)} = \"{label}\" in Best for", Name(mine)));
                        break;
                    case Fit.Broader or Fit.Narrower:
                        forms.Add(new Reason("form", $"role: {Name(mine)} – {Name(roleId)} = \"{label}\" in Best for", Name(mine)));
                        break;
                }
            }
        }
        var reasons = same.Concat(forms).Distinct().ToList();
        return reasons.Count == 0 ? null : new Fitting(candidate, same.Count > 0, reasons);
    }

    private Choice ChoiceOf(Fitting fitting, Depth depth)
    {
        var key = $"{fitting.Candidate.ItemId}|{depth}|{string.Join('|', fitting.Reasons.Select(r => r.Text))}";
        if (!choices.TryGetValue(key, out var choice))
        {
            var (candidate, _, reasons) = fitting;
            choices[key] = choice = new Choice(choices.Count + 1, candidate.ItemId, candidate.RevisionId, depth, reasons);
        }
        return choice;
    }

    private string Name(int roleId) => names[roleId];
}

/// <summary>A candidate that fits a profile, and why.</summary>
/// <param name="IsSame">By one of the reader's very roles, not only by a broader or narrower form.</param>
public sealed record Fitting(Candidate Candidate, bool IsSame, IReadOnlyList<Reason> Reasons);

internal sealed class ProfileComparer : IEqualityComparer<Profile>
{
    public static readonly ProfileComparer Instance = new();

    public bool Equals(Profile? a, Profile? b) =>
        a is not null && b is not null && a.HasRoles == b.HasRoles && a.Depth == b.Depth && a.Roles.SequenceEqual(b.Roles);

    public int GetHashCode(Profile profile)
    {
        var hash = new HashCode();
        hash.Add(profile.HasRoles);
        hash.Add(profile.Depth);
        foreach (var role in profile.Roles)
        {
            hash.Add(role);
        }
        return hash.ToHashCode();
    }
}
