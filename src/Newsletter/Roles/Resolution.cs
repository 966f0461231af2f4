namespace Newsletter.Roles;

/// <summary>The result of resolving a label.</summary>
/// <param name="Label">The text as given.</param>
/// <param name="Roles">In the label's order, each once; empty below <see cref="LabelResolver.Confident"/>.</param>
/// <param name="Confidence">0 to 1; 1 only when every word was understood.</param>
/// <param name="Suggestions">When no role is returned: up to three roles that the label may mean, best first.</param>
public sealed record Resolution(string Label, IReadOnlyList<Role> Roles, double Confidence, IReadOnlyList<Role> Suggestions);
