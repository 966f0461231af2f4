using Newsletter.Choosing;
using Newsletter.Roles;

namespace Newsletter.Planning;

/// <summary>What is chosen from and by, as it was at one moment: an editor may be importing roles just then.</summary>
/// <param name="RolesByLabel">Label id → ids of the roles it means; of what readers say, not part of the plan's hash.</param>
internal sealed record PlanSnapshot(PlanInputs Inputs, Taxonomy Taxonomy, IReadOnlyDictionary<int, IReadOnlyList<int>> RolesByLabel);
