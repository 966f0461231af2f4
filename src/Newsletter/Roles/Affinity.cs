namespace Newsletter.Roles;

/// <summary>
/// Computes the affinity of two roles, 0 to 1, and holds every constant for it. The same role is 1, a narrower or broader form is
/// <see cref="Form"/>, and a neighbour has the weight that the taxonomy gives. Every other pair gets the value of its strongest connection, reduced
/// for each step between the levels. A common domain is stronger than the same family alone, and that than a neighbouring domain.
/// </summary>
public static class Affinity
{
    /// <summary>One is a narrower form of the other, over any number of steps.</summary>
    public const double Form = 0.9;

    /// <summary>The same family and a common domain: backend engineer and frontend engineer.</summary>
    public const double FamilyAndDomain = 0.7;

    /// <summary>A common domain but different families: CTO and engineering manager, product designer and product owner.</summary>
    public const double Domain = 0.6;

    /// <summary>The same family but no common domain: CFO and CTO.</summary>
    public const double Family = 0.3;

    /// <summary>Neighbouring domains (<see cref="Domains"/>): data engineer and software engineer.</summary>
    public const double NeighbouringDomain = 0.25;

    /// <summary>Factor for each step between levels: executive, vp, director, lead, individual.</summary>
    public const double LevelStep = 0.85;

    /// <summary>Steps between an observer and any level that works in the field.</summary>
    public const int ObserverSteps = 2;

    /// <summary>The affinity of two different roles that follows from family, domains and levels alone; 0 when nothing connects them.</summary>
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
