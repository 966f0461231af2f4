using Newsletter.Choosing;
using Newsletter.Roles;

namespace Newsletter.Planning;

/// <summary>The inputs of a plan, read in one database snapshot, because roles and items may be imported concurrently.</summary>
/// <param name="RolesByLabel">Label id → ids of the roles it resolves to. Belongs to readers' profiles, so the plan hash does not cover it.</param>
internal sealed record PlanSnapshot(PlanInputs Inputs, Taxonomy Taxonomy, IReadOnlyDictionary<int, IReadOnlyList<int>> RolesByLabel);
