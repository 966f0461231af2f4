namespace Newsletter.Choosing;

/// <summary>Turns reasons into text for the reader.</summary>
public static class ReasonText
{
    /// <summary>The text in the web view and in <c>editions why</c>. Rows of earlier versions have a stored sentence, which is returned as is.</summary>
    public static string Sentence(Reason reason) => reason.StoredText ?? reason.Kind switch
    {
        "role" => IsSame(reason.Label, reason.Role) ? $"It is best for {reason.Role}, your role."
            : $"It is best for “{reason.Label}”, which means your role {reason.Role}.",
        "form" => $"It is best for “{reason.Label}”{Named(reason)}, a wider or narrower form of your role {reason.Role}.",
        "near" => $"It is best for “{reason.Label}”{Named(reason)}, a role close to yours, {reason.Role}.",
        "topic" => $"You follow its topic {reason.Topic}.",
        "pick" => "The editor chose it for this edition.",
        "lead" => "The editor put it first in this edition.",
        "leading" => "It is one of the leading articles of this edition: you have not chosen any roles yet.",
        _ => reason.Kind,
    };

    /// <summary>The short line of a mail.</summary>
    public static string ShortLine(IReadOnlyList<Reason> reasons)
    {
        var names = reasons.Select(reason => reason.ForWhom).OfType<string>().Distinct().ToList();
        var parts = reasons.Select(Short).OfType<string>();
        if (names.Count > 0)
        {
            parts = parts.Append("Chosen for: " + string.Join(", ", names));
        }
        if (reasons.FirstOrDefault(reason => reason.Kind == "near") is { } near)
        {
            parts = parts.Append($"Close to your role: {near.Role ?? StoredRole(near)}");
        }
        return string.Join(" · ", parts);
    }

    private static string? Short(Reason reason) => reason.Kind switch
    {
        "pick" => "Editor's pick",
        "lead" => "Editor's lead item",
        "leading" => "Leading item: no roles chosen yet",
        _ => null,
    };

    private static string Named(Reason reason) => IsSame(reason.Label, reason.ItemRole) ? "" : $" ({reason.ItemRole})";

    private static bool IsSame(string? label, string? role) => string.Equals(label, role, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses "close to your role: MINE – OTHER = ...".</summary>
    private static string? StoredRole(Reason near) => near.StoredText?.Split(" – ")[0].Split(": ", 2)[^1];
}
