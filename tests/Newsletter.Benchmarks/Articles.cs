using Newsletter.Items;

namespace Newsletter.Benchmarks;

/// <summary>500 articles, each best for 3 to 8 roles and about 2 to 4 topics; every topic is somewhere among them.</summary>
internal static class Articles
{
    public const int Count = 500;

    /// <param name="from">Place of the first, from 0.</param>
    /// <param name="to">Place after the last.</param>
    public static async Task WriteAsync(ItemStore items, Audience audience, int from, int to, DateTimeOffset now, CancellationToken cancel)
    {
        var publications = new Zipf(40, 1);
        for (var i = from; i < to; i++)
        {
            var random = new Random(Seed.Of("article", i));
            var topics = audience.TopicWeights.Draw(random, random.Next(2, 5)).Append(i % Audience.TopicCount).Distinct().Take(4);
            await items.SaveAsync(new ItemContent
            {
                Title = $"Article {i}: what {audience.Topics[i % Audience.TopicCount]} came to",
                Url = $"https://example.org/articles/{i}",
                Summary = $"A summary of article {i}, as long as a sentence or two are in a mail that people read on their way to work.",
                KeyTakeaway = "One sentence to take along.",
                Publication = $"Journal {publications.Draw(random)}",
                Topics = topics.Select(place => audience.Topics[place]).ToList(),
                BestFor = audience.RoleWeights.Draw(random, random.Next(3, 9)).Select(place => audience.Labels[place].Text).ToList(),
                PublishedAt = now.AddHours(-random.Next(1, 150)),
            }, cancel);
        }
    }
}
