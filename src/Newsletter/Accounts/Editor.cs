using System.Text.Json.Serialization;

namespace Newsletter.Accounts;

/// <summary>A user account with a permission.</summary>
public sealed record Editor
{
    public required int Id { get; init; }

    public required string Email { get; init; }

    /// <summary>One of <see cref="Permissions"/>.</summary>
    public required string Permission { get; init; }

    /// <summary>False until the set-up link has been used.</summary>
    public required bool HasPassword { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time since which this person cannot sign in; null if enabled.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>A random value. A session stores it at sign-in and is valid only while it is unchanged: a new value ends all sessions.</summary>
    [JsonIgnore]
    public Guid SecurityStamp { get; init; }

    public const string EditorPermission = "editor";
    public const string OperatorPermission = "operator";

    /// <summary>Editors work on items, digests and editions; operators also see the jobs and manage editors.</summary>
    public static readonly IReadOnlyList<string> Permissions = [EditorPermission, OperatorPermission];
}
