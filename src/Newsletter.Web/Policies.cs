namespace Newsletter.Web;

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>Whoever is signed in.</summary>
    public const string Editor = "editor";

    /// <summary>Editors with the permission <c>operator</c>: they also see /hangfire.</summary>
    public const string Operator = "operator";
}
