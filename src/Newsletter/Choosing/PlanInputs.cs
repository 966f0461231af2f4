using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>Everything that determines a plan, except the readers. Equal inputs and readers give equal plans.</summary>
public sealed record PlanInputs
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web);

    public required short MinItems { get; init; }
    public required short MaxItems { get; init; }
    public required short CandidateDays { get; init; }

    /// <summary>The day of the edition in UTC, from which freshness counts.</summary>
    public required DateOnly Day { get; init; }

    public required ChoosingOptions Choosing { get; init; }

    /// <summary>Ordered by ascending id.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>The editor's overrides. The JSON name is part of plan hashes.</summary>
    [JsonPropertyName("hand")]
    public required IReadOnlyList<ItemOverride> Overrides { get; init; }

    /// <summary>All roles, by ascending id; empty in plans of versions that did not store them.</summary>
    public IReadOnlyList<PlannedRole> Roles { get; init; } = [];

    /// <summary>The editor's subject; null derives each subject from the mail's first item.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subject { get; init; }

    /// <summary>The editor's text before the items.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Intro { get; init; }

    /// <summary>For simulations: readers with too few items, and no choice of their own for that case, get items for nearby roles.</summary>
    public bool WidenAll { get; init; }

    public static PlanInputs Parse(string json) => JsonSerializer.Deserialize<PlanInputs>(json, Form)!;

    public string ToJson() => JsonSerializer.Serialize(this, Form);

    /// <summary>Hexadecimal SHA-256. An approval applies to one hash.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, Form)));

    /// <summary>
    /// How a plan made today would differ from a plan with these inputs: one clause per change; empty if the plan is still valid.
    /// Tolerates readers who came, left or changed their choices, new items and roles, and new texts of planned items (the approved
    /// text is sent).
    /// </summary>
    /// <param name="planned">Ids of the items in the plan's deliveries.</param>
    /// <param name="forRoles">Ids of the roles that these items were chosen for.</param>
    public IReadOnlyList<string> ChangesTo(PlanInputs now, IReadOnlySet<long> planned, IReadOnlySet<int> forRoles)
    {
        var changes = new List<string>();
        if ((MinItems, MaxItems) != (now.MinItems, now.MaxItems))
        {
            changes.Add($"the digest's slots were {MinItems} to {MaxItems} and are now {now.MinItems} to {now.MaxItems}");
        }
        if (CandidateDays != now.CandidateDays)
        {
            changes.Add($"an item was a candidate for {Amount.Of(CandidateDays, "day")} and is now for {Amount.Of(now.CandidateDays)}");
        }
        if (Choosing != now.Choosing)
        {
            changes.Add("the settings in Choosing have changed");
        }
        if (!Overrides.ToHashSet().SetEquals(now.Overrides))
        {
            changes.Add("the editor's overrides have changed");
        }
        var known = Roles.Select(r => r.RoleId).ToHashSet();
        var concerned = Candidates.Where(c => planned.Contains(c.ItemId)).SelectMany(c => c.Roles).Select(r => r.RoleId).Concat(forRoles).ToHashSet();
        var rolesToday = now.Roles.ToDictionary(r => r.RoleId);
        changes.AddRange(Roles.Where(r => concerned.Contains(r.RoleId) && !(rolesToday.TryGetValue(r.RoleId, out var role) && r.StandsAs(role, known)))
            .Select(r => $"the role {r.Slug} has a different level, family, domain, form or neighbour"));
        var today = now.Candidates.ToDictionary(c => c.ItemId);
        var stories = new Dictionary<long, long>();
        foreach (var item in Candidates.Where(c => planned.Contains(c.ItemId)))
        {
            if (!today.TryGetValue(item.ItemId, out var other))
            {
                changes.Add($"item {item.ItemId} was archived or lost its roles");
                continue;
            }
            if (!item.Roles.Select(r => r.RoleId).ToHashSet().SetEquals(other.Roles.Select(r => r.RoleId)))
            {
                changes.Add($"item {item.ItemId} is now best for other roles");
            }
            if (!item.Topics.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other.Topics))
            {
                changes.Add($"item {item.ItemId} now has other topics");
            }
            if (item.StoryId != other.StoryId && stories.TryGetValue(other.StoryId, out var same))
            {
                changes.Add($"items {same} and {item.ItemId} are now known to tell one story");
            }
            stories.TryAdd(other.StoryId, item.ItemId);
        }
        return changes;
    }
}
