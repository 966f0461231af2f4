namespace Newsletter.Roles;

/// <summary>
/// How near two roles are, 0 to 1: every constant of it. The same role is 1, a form <see cref="Form"/>, a neighbour what
/// the taxonomy says, and for all others the best that connects them, less for each step between their levels. The
/// figures keep this order whatever the levels: a domain in common, the family alone, a neighbouring domain.
/// </summary>
public static class Affinity
{
    /// <summary>One is a narrower form of the other, over any number of steps.</summary>
    public const double Form = 0.9;

    /// <summary>Backend and frontend engineer.</summary>
    public const double FamilyAndDomain = 0.7;

    /// <summary>A domain in common, not the family: CTO and engineering manager, product designer and product owner.</summary>
    public const double Domain = 0.6;

    /// <summary>The family in common, no domain: CFO and CTO.</summary>
    public const double Family = 0.3;

    /// <summary>Domains that lie beside each other (<see cref="Domains"/>): data engineer and software engineer.</summary>
    public const double NeighbouringDomain = 0.25;

    /// <summary>Times this for each step between levels, executive to vp to director to lead to individual.</summary>
    public const double LevelStep = 0.85;

    /// <summary>Steps from an observer to any level that works in the field.</summary>
    public const int ObserverSteps = 2;

    /// <summary>What family, domains and levels alone make of two different roles; 0 when nothing connects them.</summary>
    public static double Derived(Role one, Role other)
    {
        var sameFamily = one.Family == other.Family;
        var sameDomain = one.Domains.Any(d => d != Domains.General && other.Domains.Contains(d));
        var nearest = (sameFamily, sameDomain) switch
        {
            (true, true) => FamilyAndDomain,
            (false, true) => Domain,
            (true, false) => Family,
            _ => one.Domains.Any(d => other.Domains.Any(o => Domains.AreBeside(d, o))) ? NeighbouringDomain : 0,
        };
        return nearest * Math.Pow(LevelStep, Steps(one.Level, other.Level));
    }

    private static int Steps(RoleLevel one, RoleLevel other) =>
        one == other ? 0
        : one == RoleLevel.Observer || other == RoleLevel.Observer ? ObserverSteps
        : Math.Abs(one - other);
}
