namespace Newsletter.Items;

/// <summary>Warnings about an item that can be imported, but will not reach or serve its readers as its editor may expect.</summary>
internal static class ItemLinter
{
    /// <summary>Maximum length of a topic that a subscriber may follow or mute, in characters.</summary>
    private const int TopicLimit = 100;

    public static IEnumerable<string> Check(ItemContent item)
    {
        if (item.BestFor.Count == 0)
        {
            yield return "there is no 'Best for:' line: no reader gets the item until it has roles (newsletter items roles ID ROLE...)";
        }
        if (item.Summary is null)
        {
            yield return "there is no summary: readers see the title and the key takeaway only";
        }
        if (item.KeyTakeaway is null)
        {
            yield return "there is no key takeaway";
        }
        if (item.Topics.Count == 0)
        {
            yield return "there are no topics: readers cannot follow or mute it";
        }
        foreach (var topic in item.Topics.Where(topic => topic.Length > TopicLimit))
        {
            yield return $"the topic '{ItemText.Shortened(topic)}' is longer than {TopicLimit} characters: readers cannot follow or mute it";
        }
        if (item.Credit is null && item.Publication is null)
        {
            yield return "there is no credit line: the original is not named";
        }
    }
}
