using System.Diagnostics;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Lifecycle;
using Newsletter.Planning;

namespace Newsletter.Benchmarks;

/// <summary>
/// Twelve weeks in the life of a weekly digest: each week brings its share of the articles and some new readers, and an
/// edition that is planned by the product and sent. At the end all articles are candidates, and many were had by many.
/// </summary>
internal sealed class History(Product product, Audience audience, int readers, bool worst)
{
    public const string Slug = "weekly";
    private const int Editions = 12;
    
    /// <summary>Before the first edition.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    /// <summary>When the thirteenth edition is planned: what is measured.</summary>
    public static DateTimeOffset Now => Start.AddDays(7 * Editions);

    public async Task MakeAsync(CancellationToken cancel)
    {
        await product.Get<DigestStore>().CreateAsync(new Digest
        {
            Id = 0, Slug = Slug, Name = "The Weekly", Timezone = "UTC", Lead = TimeSpan.FromHours(24),
            MinItems = 1, MaxItems = 8, CandidateDays = 90, Approval = "required",
        });
        var population = new Population(product.Database, audience, worst);
        for (var week = 0; week <= Editions; week++)
        {
            var started = Stopwatch.GetTimestamp();
            product.Time.SetUtcNow(Start.AddDays(7 * week));
            var now = product.Time.GetUtcNow();
            await Articles.WriteAsync(product.Get<ItemStore>(), audience, ArticlesBy(week), ArticlesBy(week + 1), now, cancel);
            await population.WriteAsync(ReadersBy(week), ReadersBy(week + 1), now, cancel);
            if (week < Editions)
            {
                await SendAsync(cancel);
            }
            Progress.Say($"  week {week + 1} of {Editions + 1}: {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        }
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        var edition = (await product.Get<EditionPlanning>().PlanAsync(Slug, cancel)).Edition;
        await product.Get<EditionSteps>().ApproveAsync(edition, null, "benchmark");
        await product.Get<EditionSteps>().SendAsync(edition, "benchmark");
        // In the worst case every fourth delivery failed, here and there, so that histories differ too.
        var state = worst ? "case when hashint8(subscriber_id * 16 + edition_id) & 3 = 0 then 'failed' else 'sent' end" : "'sent'";
        await product.ExecuteAsync(
            $"update deliveries set state = {state}, ended_at = '{product.Time.GetUtcNow():O}' where edition_id = {edition} and state = 'due'", cancel);
        if (!await product.Get<EditionTransitionStore>().FinishAsync(edition))
        {
            throw Refusal.Conflict($"Edition {edition} of the history cannot be finished: something of it is neither sent nor failed.");
        }
        await product.Get<HistoryPacking>().RunAsync(cancel);
    }

    private static int ArticlesBy(int week) => Articles.Count * week / (Editions + 1);

    /// <summary>Four fifths are there from the beginning, the others come week by week.</summary>
    private int ReadersBy(int week) => week == 0 ? 0 : (int)(readers * (0.8 + (0.2 * (week - 1) / Editions)));
}
