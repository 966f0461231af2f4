using Newsletter.Items;

namespace Newsletter.Digests;

/// <summary>Why an item was chosen, as data: a kind for machines and a text for people.</summary>
/// <param name="Kind"><c>role</c> (the same role), <c>form</c> (a broader or narrower form), <c>leading</c>.</param>
/// <param name="ForWhom">The reader's role it was chosen for, as the mail says it; null when it was for no role.</param>
public sealed record Reason(string Kind, string Text, string? ForWhom = null)
{
    /// <summary>The short line of a mail; all reasons in full are in the web view and in <c>editions why</c>.</summary>
    public static string ShortLine(IReadOnlyList<Reason> reasons) =>
        reasons.Where(r => r.Kind == "role").Select(r => r.ForWhom).Distinct().ToList() is { Count: > 0 } roles
            ? "Chosen for: " + string.Join(", ", roles)
            : reasons[0].Text;
}

/// <summary>One way in which an item is chosen in an edition: this revision, at this depth, for these reasons.</summary>
/// <param name="Number">From 1 within the edition.</param>
public sealed record Choice(int Number, long ItemId, long RevisionId, Depth Depth, IReadOnlyList<Reason> Reasons);

/// <summary>What one cohort gets: choices in order. Readers whose compositions are equal share one.</summary>
/// <param name="Number">From 1 within the edition.</param>
public sealed record Composition(int Number, IReadOnlyList<int> Choices);

/// <summary>
/// What of a reader can matter in an edition: the roles that fit some candidate, and the depth. Readers with equal
/// profiles who have seen the same candidates are a cohort.
/// </summary>
/// <param name="Roles">Role ids, ascending; empty when none of the reader's roles fits any candidate.</param>
/// <param name="HasRoles">False for a reader who named no role at all, and gets the leading items.</param>
public sealed record Profile(IReadOnlyList<int> Roles, bool HasRoles, Depth? Depth);
