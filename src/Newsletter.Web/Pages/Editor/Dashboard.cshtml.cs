using Newsletter.Deliveries;
using Newsletter.Digests;
using Newsletter.Subscribers;

namespace Newsletter.Web.Pages.Editor;

public sealed class DashboardModel(DigestStore digests, EditionStore editions, DeliveryStore deliveries, SubscriberStore subscribers) : EditorPage
{
    // Each account counts all deliveries of its edition, which is too slow for many editions.
    private const int LatestEditions = 10;

    public IReadOnlyDictionary<string, long> People { get; private set; } = null!;

    public IReadOnlyList<Digest> Digests { get; private set; } = [];

    public IReadOnlyList<EditionRow> Editions { get; private set; } = [];

    public IReadOnlyList<UpcomingSend> Upcoming { get; private set; } = [];

    public Task OnGetAsync() => LoadAsync();

    protected override async Task LoadAsync()
    {
        People = await subscribers.CountByStatusAsync();
        Digests = await digests.ListAsync();
        Editions = await EditionRow.OfAsync(await editions.ListAsync(LatestEditions), deliveries);
        var open = await editions.InStateAsync(EditionState.Planned, EditionState.Approved, EditionState.Sending, EditionState.Paused);
        Upcoming =
        [
            .. open.Select(UpcomingSend.Of).OrderBy(send => send.At ?? DateTimeOffset.MinValue),
            .. Digests.Where(digest => digest.NextAt is not null).OrderBy(digest => digest.NextAt).Select(UpcomingSend.Of),
        ];
    }
}

/// <param name="At">Null if there is no time yet.</param>
/// <param name="EditionId">Null if it is not planned yet.</param>
public sealed record UpcomingSend(DateTimeOffset? At, string Timezone, string Digest, string Slug, long? EditionId, string Note)
{
    public static UpcomingSend Of(Edition edition) =>
        new(edition.SendAt, edition.Timezone, edition.DigestName, edition.DigestSlug, edition.Id, edition.State switch
        {
            EditionState.Planned => "waits for approval",
            EditionState.Approved when edition.SendAt is null => "approved; waits for a time",
            _ => edition.State,
        });

    public static UpcomingSend Of(Digest digest) => new(digest.NextAt, digest.Timezone, digest.Name, digest.Slug, null,
        digest.Lead > TimeSpan.Zero ? $"is planned {DateFormat.InZone(digest.NextAt - digest.Lead, digest.Timezone)}" : "is planned then");
}
