using Newsletter.Subscribers;
using Newsletter.Targeting;

namespace Newsletter.Web;

/// <summary>The part of a form in which a person says their roles: known ones to tick, and a line for words of their own.</summary>
/// <param name="Known">The taxonomy's, in its order.</param>
/// <param name="Chosen">Labels.</param>
/// <param name="Questions">Labels that are not understood with confidence: the person is asked, and may keep them as they are.</param>
public sealed record RoleFields(IReadOnlyList<Role> Known, IReadOnlyList<string> Chosen, IReadOnlyList<Resolution> Questions)
{
    /// <summary>Limit for the values of one field. Each role may be given under two names.</summary>
    private const int Most = 2 * Preferences.MaxRoles;

    /// <summary>Maximum length of the line, in characters: all labels a person may have, with their separators.</summary>
    private const int Longest = Preferences.MaxRoles * (RoleLabel.MaxLength + 2);

    private static readonly Dictionary<string, string> Names = new()
    {
        ["ai-ml"] = "AI and machine learning",
        ["media"] = "Media and content",
        ["people"] = "People and hiring",
        ["legal"] = "Law and policy",
        ["general"] = "General",
    };

    /// <summary>By the first domain of each role.</summary>
    public IEnumerable<(string Name, IReadOnlyList<Role> Roles)> Groups => Known
        .GroupBy(role => role.Domains[0])
        .Select(group => (Names.GetValueOrDefault(group.Key) ?? char.ToUpperInvariant(group.Key[0]) + group.Key[1..], (IReadOnlyList<Role>)group.ToList()));

    public bool IsChosen(Role role) => Chosen.Contains(role.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The line as the person typed it, if the form was refused.</summary>
    public string? Typed { get; private init; }

    /// <summary>What was chosen in words that no box has.</summary>
    public string Other => Typed
        ?? string.Join("; ", Chosen.Where(label => !Known.Any(role => role.Name.Equals(label, StringComparison.OrdinalIgnoreCase))));

    /// <summary>The fields of a refused form. It may be too large, so the text is not parsed.</summary>
    public static RoleFields AsTyped(IReadOnlyList<Role> known, string[]? ticked, string? other) =>
        new(known, [.. (ticked ?? []).Take(Most)], []) { Typed = other?.Length > Longest ? other[..Longest] : other ?? "" };

    /// <param name="ticked">Names of roles.</param>
    /// <param name="other">Labels with commas or semicolons between them.</param>
    /// <param name="asked">Labels that were asked about.</param>
    /// <param name="meant">The answer to each: the name of a role, or nothing where the words are to stay.</param>
    /// <exception cref="Refusal">Invalid: there are too many labels, or one is too long.</exception>
    public static string[] Read(string[]? ticked, string? other, string?[]? asked, string?[]? meant)
    {
        // Check the limits before parsing: a large input must cost little.
        if (other?.Length > Longest)
        {
            throw Refusal.Invalid($"The line of roles has more than {Longest} characters: give at most {Preferences.MaxRoles} roles.");
        }
        if (ticked?.Length > Most || asked?.Length > Most || meant?.Length > Most)
        {
            throw Refusal.Invalid($"There are more than {Preferences.MaxRoles} roles.");
        }
        var answers = (asked ?? []).Zip(meant ?? [])
            .Where(a => !string.IsNullOrWhiteSpace(a.First) && !string.IsNullOrWhiteSpace(a.Second))
            .DistinctBy(a => RoleLabel.Normalise(a.First!)).ToDictionary(a => RoleLabel.Normalise(a.First!), a => a.Second!);
        var typed = RoleLabel.Split(other ?? "", Preferences.MaxRoles);
        return [.. ticked ?? [], .. typed.Select(label => answers.GetValueOrDefault(RoleLabel.Normalise(label), label))];
    }

    /// <summary>What there is to ask: labels without a role, for which there are suggestions, and which were not asked about before.</summary>
    public static IReadOnlyList<Resolution> QuestionsOn(LabelResolver resolver, IEnumerable<string> labels, string?[]? asked)
    {
        var known = (asked ?? []).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. labels.Where(label => !known.Contains(label)).Select(resolver.Resolve).Where(r => r is { Roles.Count: 0, Suggestions.Count: > 0 })];
    }
}
