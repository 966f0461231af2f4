using Newsletter.Items;

namespace Newsletter.Choosing;

/// <summary>Why an item was left out of a reader's mail: the code in JSON, and the sentence for people.</summary>
public static class WithheldText
{
    public const string NoFit = "no_fit";

    /// <param name="hasMail">Whether the reader gets a mail of the edition.</param>
    internal static (string Kind, string Sentence) Of(SelectionOutcome outcome, Candidate item, PlanInputs inputs, bool hasMail) => outcome switch
    {
        SelectionOutcome.Seen => ("seen", "You got it, or will get it, in another edition (this article or another on the same story)."),
        SelectionOutcome.Muted => ("muted", "You muted one of its topics."),
        SelectionOutcome.Excluded => ("excluded", "The editor left it out of this edition."),
        SelectionOutcome.SameStory => ("same_story", "It tells the same story as another article in this mail."),
        SelectionOutcome.TopicFull => ("variety", $"This mail already has {Articles(inputs.Choosing.MaxPerTopic)} on one of its topics."),
        SelectionOutcome.PublicationFull => ("variety", $"This mail already has {Articles(inputs.Choosing.MaxPerPublication)} from {item.Publication}."),
        SelectionOutcome.Unfit => (NoFit, $"It fits none of your roles: it is best for {string.Join(", ", item.Roles.Select(r => r.Label).Distinct())}."),
        SelectionOutcome.OverLimit => ("lower_fit", $"Other articles fit you better, and this mail has at most {Articles(inputs.MaxItems)}."),
        _ => ("fits", hasMail
            ? "It fits now, but did not fit when this mail was planned."
            : "It fits, but you got no mail from this edition."),
    };

    private static string Articles(int count) => Amount.Of(count, "article");
}
