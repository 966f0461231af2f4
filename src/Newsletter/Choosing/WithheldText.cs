using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>Why an item was left out of a reader's mail: the code in JSON, and the sentence for people.</summary>
public static class WithheldText
{
    public const string Seen = "seen";
    public const string Muted = "muted";
    public const string Excluded = "excluded";
    public const string SameStory = "same_story";
    public const string Variety = "variety";
    public const string NoFit = "no_fit";
    public const string LowerFit = "lower_fit";
    public const string Fits = "fits";

    /// <param name="hasMail">Whether the reader gets a mail of the edition.</param>
    internal static (string Kind, string Sentence) Of(SelectionOutcome outcome, Candidate item, PlanInputs inputs, bool hasMail) => outcome switch
    {
        SelectionOutcome.Seen => (Seen, "You got it, or will get it, in another edition (this article or another on the same story)."),
        SelectionOutcome.Muted => (Muted, "You muted one of its topics."),
        SelectionOutcome.Excluded => (Excluded, "The editor left it out of this edition."),
        SelectionOutcome.SameStory => (SameStory, "It tells the same story as another article in this mail."),
        SelectionOutcome.TopicFull => (Variety, $"This mail already has {Articles(inputs.Choosing.MaxPerTopic)} on one of its topics."),
        SelectionOutcome.PublicationFull => (Variety, $"This mail already has {Articles(inputs.Choosing.MaxPerPublication)} from {item.Publication}."),
        SelectionOutcome.Unfit => (NoFit, $"It fits none of your roles: it is best for {string.Join(", ", item.Roles.Select(r => r.Label).Distinct())}."),
        SelectionOutcome.OverLimit => (LowerFit, $"Other articles fit you better, and this mail has at most {Articles(inputs.MaxItems)}."),
        _ => (Fits, hasMail
            ? "It would be chosen now, but was not when this mail was planned."
            : "It fits, but you got no mail from this edition."),
    };

    private static string Articles(int count) => Amount.Of(count, "article");
}
