namespace Newsletter.Roles;

/// <summary>What a label was understood to mean.</summary>
/// <param name="Label">The text as given.</param>
/// <param name="Roles">In the label's order, each once; empty below <see cref="LabelResolver.Confident"/>.</param>
/// <param name="Confidence">0 to 1; 1 only when every word was understood.</param>
/// <param name="Suggestions">When no role is claimed: up to three roles it may mean, best first.</param>
public sealed record Resolution(string Label, IReadOnlyList<Role> Roles, double Confidence, IReadOnlyList<Role> Suggestions);
