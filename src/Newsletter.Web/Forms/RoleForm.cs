using System.Globalization;
using Newsletter.Roles;
using Newsletter.Subscribers;

namespace Newsletter.Web.Forms;

/// <summary>The submitted role fields of a form.</summary>
/// <param name="Ticked">Names of the ticked roles.</param>
/// <param name="Other">Labels as free text, one per line.</param>
/// <param name="Asked">Labels that the form asked about.</param>
/// <param name="Meant">The answer by the number of the question: the name of a role, or empty to keep the label.</param>
public sealed record RoleForm(string[]? Ticked, string? Other, string?[]? Asked, IReadOnlyDictionary<string, string?>? Meant)
{
    /// <summary>Each role can be ticked and also be given as text.</summary>
    private const int Most = 2 * Preferences.MaxRoles;

    /// <summary>Maximum length of all lines together, in characters, with line endings.</summary>
    public const int Longest = Preferences.MaxRoles * (RoleLabel.MaxLength + 2);

    /// <summary>The field that refusals name.</summary>
    private const string Field = nameof(Preferences.Roles);

    /// <param name="stored">The stored labels. Those that are still chosen keep their order and spelling.</param>
    /// <param name="shown">The labels that the form showed, if known. If they come back unchanged, the stored labels stay exactly as they are.</param>
    /// <exception cref="Refusal">Invalid: too many labels, or one is too long.</exception>
    public string[] Read(IReadOnlyList<string> stored, IReadOnlyList<string>? shown = null)
    {
        string[] known = [.. stored, .. shown ?? []];
        var entries = TopicLines.Entries(Other?.Length > Longest ? null : Other, known);
        CheckSize(entries.Length);
        if (Ticked is null && Other is null)
        {
            return [.. stored];
        }
        var lines = entries.Select(entry => known.Contains(entry) ? entry : Refusal.Reading(Field, () => RoleLabel.Clean(entry)));
        List<string> chosen = [.. Ticked ?? [], .. lines.Select(line => AnswerTo(line) is { Length: > 0 } role ? role : line)];
        if (shown is not null && chosen.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(shown))
        {
            return [.. stored];
        }
        var kept = stored.Where(label => chosen.Contains(label, StringComparer.OrdinalIgnoreCase)).ToList();
        return [.. kept, .. chosen.Except(kept, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The questions on labels that have suggestions but no role, each with its answer so far.</summary>
    public IReadOnlyList<RoleQuestion> QuestionsOn(LabelResolver resolver, IEnumerable<string> labels) =>
    [
        .. labels.Select(resolver.Resolve).Where(r => r is { Roles.Count: 0, Suggestions.Count: > 0 })
            .Select(r => new RoleQuestion(r.Label, r.Suggestions, AnswerTo(r.Label), NumberOf(r.Label) >= 0)),
    ];

    /// <summary>The questions of a refused form; empty if its fields exceed the limits.</summary>
    public IReadOnlyList<RoleQuestion> Questions(LabelResolver resolver) =>
        Asked is { Length: <= Preferences.MaxRoles } asked && asked.All(label => label?.Length is > 0 and <= RoleLabel.MaxLength)
            ? QuestionsOn(resolver, asked!)
            : [];

    /// <summary>The ticked roles of a refused form.</summary>
    public IReadOnlyList<string> TickedAtMost => [.. (Ticked ?? []).Take(Most)];

    /// <summary>Runs before anything is computed from the fields: a large form must cost little.</summary>
    private void CheckSize(int entries)
    {
        if ((Other?.Length > Longest && !string.IsNullOrWhiteSpace(Other)) || Asked?.Any(label => label?.Length > RoleLabel.MaxLength) is true)
        {
            throw Refusal.Invalid(
                $"The roles are too long: give at most {Preferences.MaxRoles}, each of at most {RoleLabel.MaxLength} characters.").About(Field);
        }
        if (Ticked?.Length > Most || Asked?.Length > Most || Meant?.Count > Most || entries > Preferences.MaxRoles)
        {
            throw Refusal.Invalid($"There are more than {Preferences.MaxRoles} roles.").About(Field);
        }
    }

    /// <returns>The name of a role; empty for "none of these"; null if there was no question or no answer.</returns>
    private string? AnswerTo(string label) =>
        NumberOf(label) is >= 0 and var number
        && Meant?.TryGetValue(number.ToString(CultureInfo.InvariantCulture), out var answer) is true ? answer ?? "" : null;

    private int NumberOf(string label) => Array.FindIndex(Asked ?? [], asked => label.Equals(asked, StringComparison.OrdinalIgnoreCase));
}
