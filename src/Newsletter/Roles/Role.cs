using System.Text.Json.Serialization;

namespace Newsletter.Roles;

/// <summary>How far a role's responsibility reaches. Stored and printed in lower case.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoleLevel>))]
public enum RoleLevel
{
    [JsonStringEnumMemberName("executive")] Executive,
    [JsonStringEnumMemberName("vp")] Vp,
    [JsonStringEnumMemberName("director")] Director,
    [JsonStringEnumMemberName("lead")] Lead,
    [JsonStringEnumMemberName("individual")] Individual,

    /// <summary>Watches the field rather than works in it: journalists, investors, policymakers.</summary>
    [JsonStringEnumMemberName("observer")] Observer,
}

/// <summary>A reader role: a level in one or more domains, such as <c>director-of-ai</c>.</summary>
/// <param name="Id">The database id; for a taxonomy read from a file, the position in the file, from 1.</param>
/// <param name="Slug">Lower-case words joined by hyphens; never changes.</param>
/// <param name="Name">The display name: "Director of AI/ML".</param>
/// <param name="Level">How far its responsibility reaches.</param>
/// <param name="Domains">At least one known domain: <c>engineering</c>, <c>ai-ml</c>, <c>product</c> …</param>
/// <param name="Family">The group of roles it belongs to: <c>executives</c>, <c>data-and-ai</c>, <c>media</c> …</param>
public sealed record Role(int Id, string Slug, string Name, RoleLevel Level, IReadOnlyList<string> Domains, string Family)
{
    public bool Equals(Role? other) => other is not null && other.Id == Id && other.Slug == Slug;

    public override int GetHashCode() => Id;

    public override string ToString() => Slug;
}

/// <summary>Levels as text: <c>executive vp director lead individual observer</c>.</summary>
public static class RoleLevels
{
    public static string Text(this RoleLevel level) => level.ToString().ToLowerInvariant();

    /// <param name="text">As returned by <see cref="Text"/>.</param>
    public static RoleLevel Parse(string text) => Enum.Parse<RoleLevel>(text, ignoreCase: true);
}
