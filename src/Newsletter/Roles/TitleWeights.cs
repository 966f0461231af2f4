namespace Newsletter.Roles;

/// <summary>
/// All weights of the title resolver. Each thing that was not understood adds to the doubt about a title, which starts at 0; the
/// confidence is 1 − doubt, at least 0. Tuned against job-titles.csv: run JobTitlesTests after each change.
/// </summary>
internal static class TitleWeights
{
    /// <summary>Confidence from which roles are claimed.</summary>
    public const double Confident = 0.8;

    /// <summary>Doubt when nothing was understood.</summary>
    public const double Nothing = 1;

    // Within one part of a title, the words between commas, dashes or brackets.

    /// <summary>For each word with a typo that was corrected.</summary>
    public const double CorrectedTypo = 0.1;

    /// <summary>For each unknown word that could change the meaning.</summary>
    public const double UnknownWord = 0.5;

    /// <summary>
    /// For each unknown word before a strong head, which can hardly change it: "Zorbing Data Engineer". A head is strong if it is a
    /// whole role by itself, or has a subject and means an individual.
    /// </summary>
    public const double UnknownBeforeStrongHead = 0.15;

    /// <summary>For each unknown word after a head that is a whole role by itself: "Lawyer Zorbing".</summary>
    public const double UnknownAfterWholeHead = 0.1;

    /// <summary>For a head that leads to no role.</summary>
    public const double HeadWithoutRole = 0.5;

    /// <summary>For a subject without a head, beside a role: "CTO and data".</summary>
    public const double SubjectWithoutHead = 0.1;

    /// <summary>For two heads side by side: the last one is taken, which may be wrong: "Student Teacher".</summary>
    public const double TwoHeads = 0.25;

    // Over the parts of a title. The first one counts in full, the others only as far as MostAside.

    /// <summary>For each unknown word in a further part.</summary>
    public const double UnknownAside = 0.1;

    /// <summary>For a further part that has a head and no clear role.</summary>
    public const double HeadAside = 0.1;

    /// <summary>The most doubt that all further parts add together.</summary>
    public const double MostAside = 0.15;

    /// <summary>For a title of which the rest was left out: "Engineer at Acme".</summary>
    public const double CutShort = 0.05;

    // For suggestions, when no role is claimed.

    /// <summary>The least share of common trigrams of a label that is suggested, as of all trigrams of both.</summary>
    public const double LeastSimilarity = 0.3;
}
