using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Roles;
using Newsletter.Sending;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Sending;

public sealed class EditionMailsTests : IAsyncLifetime
{
    private readonly TestProduct house = new();

    public Task InitializeAsync() => house.InitializeAsync();

    public Task DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Mails_are_made_of_what_was_prepared_before_the_rest()
    {
        const int Readers = 24;
        const int InHand = 6;
        await house.DigestAsync(digest => digest with { MaxItems = 1 });
        foreach (var (number, role) in (await house.Get<TaxonomyStore>().LoadAsync()).Roles.Take(Readers).Index())
        {
            await house.ArticleAsync(content => content with { Title = $"What {role.Name} should know" }, role.Name);
            await house.ReaderAsync($"reader{number}@example.com", role.Name);
        }
        var edition = await house.Get<EditionStore>().GetAsync((await house.PlanAsync()).Edition);
        var compositions = await house.ScalarAsync<byte[][]>("select array_agg(distinct choices) from deliveries");
        Assert.Equal(Readers, compositions!.Length);
        var mail = await house.Get<EditionMailFactory>().OpenAsync(edition, inHand: InHand);

        var mails = new HashSet<string>();
        var inHand = new Queue<byte[]>();
        // Twice, so that some are prepared again that were already.
        foreach (var claimed in compositions.Concat(compositions).Chunk(InHand / 2))
        {
            await mail.PrepareAsync(claimed);
            claimed.ToList().ForEach(inHand.Enqueue);
            while (inHand.Count > InHand / 2)
            {
                mails.Add(mail.Message(MailRecipient.Nobody("reader@example.com"), inHand.Dequeue()).TextBody);
            }
        }

        Assert.Equal(Readers, mails.Count);
    }
}
