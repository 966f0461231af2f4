using System.Globalization;
using Newsletter.Addresses;
using Newsletter.Choosing;
using Newsletter.Digests;
using Newsletter.Items;
using Newsletter.Mime;
using Newsletter.Rendering;
using Newsletter.Roles;
using Newsletter.Sending;

namespace Newsletter.GoldenMails;

/// <summary>A digest as somebody gets it.</summary>
/// <param name="Name">Of files: <c>cto-brief</c>.</param>
public sealed record GoldenMail(string Name, string Subject, string Html, string Text);

/// <summary>
/// The mails that are looked at and checked: the sample items, chosen for eight roles at three depths by the product's own
/// rules, and a few that show what those don't. Made in memory, the same octets each time.
/// </summary>
public sealed class Golden
{
    public static readonly IReadOnlyList<string> Roles =
        ["CTO", "VP of Engineering/Data", "Director of AI/ML", "AI Engineer", "AI Product Manager", "Data Scientist", "UX Designer", "Tech Journalist"];

    private const string Root = "https://news.example.com";

    private static readonly DateOnly Day = new(2026, 11, 23);

    private readonly Taxonomy taxonomy = TaxonomyParser.Read(TaxonomyFile.Embedded());
    private readonly LabelResolver resolver;
    private readonly List<ItemContent> items = [];
    private readonly Templates templates = new();

    public Golden()
    {
        resolver = new LabelResolver(taxonomy);
        foreach (var path in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "samples", "items")).Order(StringComparer.Ordinal))
        {
            items.AddRange(ItemFile.Read(File.ReadAllBytes(path), path).Select(reading => Addressed(reading.Content!)));
        }
    }

    public async Task<IReadOnlyList<GoldenMail>> AllAsync()
    {
        var mails = new List<GoldenMail>();
        foreach (var role in Roles)
        {
            foreach (var depth in Enum.GetValues<Depth>())
            {
                mails.Add(await OfAsync($"{Slug(role)}-{depth.ToString().ToLowerInvariant()}", [role], depth));
            }
        }
        mails.Add(await OfAsync("sections", ["AI Engineer", "AI Product Manager"], null,
            intro: "This week two stories look at the same thing from both ends.\n\nWrite to us which one you believe."));
        mails.Add(await OfAsync("brand", ["CTO"], null, isTest: true, brand: new BrandOptions
        {
            Name = "Example Press", AccentColour = "#a3263d", LogoUrl = Root + "/logo.png",
            FooterText = "Example Press is read in 40 countries and owned by its readers.",
        }));
        mails.Add(await OfAsync("right-to-left", ["Product Manager"], Depth.Full, language: "ar", only: Foreign()));
        mails.Add(await OfAsync("nothing-named", [], null));
        return mails;
    }

    /// <param name="depth">Null: by role.</param>
    /// <param name="only">These items instead of the samples.</param>
    public async Task<GoldenMail> OfAsync(
        string name, IReadOnlyList<string> roles, Depth? depth, string? intro = null, BrandOptions? brand = null, bool isTest = false,
        string language = "en", IReadOnlyList<ItemContent>? only = null, short most = 6)
    {
        var contents = only is null ? items : only.Select(Addressed).ToList();
        var (choices, composition) = Compose(contents, roles, depth, most);
        var renderer = new Renderer(templates, brand?.Checked());
        var frame = await renderer.FrameAsync(new DigestModel
        {
            Name = "The Weekly Brief", PublicUrl = Root, PostalAddress = "Example Press, 1 Harbour Street, 20457 Hamburg, Germany",
            Date = Day.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture), Intro = intro, IsTest = isTest, Language = language,
        });
        var edition = new Edition
        {
            Id = 1, DigestId = 1, DigestSlug = "weekly", DigestName = "The Weekly Brief", Archive = "public", Timezone = "UTC", State = EditionState.Planned,
            Subscribers = 1, Cohorts = 1, CreatedAt = default,
        };
        var bodies = new EditionBodies(
            edition, _ => Task.FromResult(choices),
            ids => Task.FromResult<IReadOnlyDictionary<long, ItemContent>>(ids.ToDictionary(id => id, id => contents[(int)id - 1])),
            frame, renderer, Root, inHand: 1);
        await bodies.PrepareAsync([composition]);
        var (body, subject, _) = bodies[composition];
        var head = new MailHead
        {
            Sender = new SenderOptions(), To = "ada@example.org", Subject = subject, Date = DateTimeOffset.UnixEpoch, MessageId = "golden@example.org",
        };
        var mail = new DigestHeads().Mail(head, body, new MergeFields
        {
            Name = "Ada", UnsubscribeUrl = Root + "/unsubscribe/" + Token('u'),
            PreferencesUrl = Root + "/preferences/" + Token('p'), ViewUrl = Root + "/view/" + Token('v'),
        });
        return new GoldenMail(name, subject, mail.HtmlBody, mail.TextBody);
    }

    private (IReadOnlyDictionary<int, Choice> Choices, byte[] Composition) Compose(
        IReadOnlyList<ItemContent> contents, IReadOnlyList<string> roles, Depth? depth, short most)
    {
        var composer = new Composer(
            new PlanInputs
            {
                MinItems = 1, MaxItems = most, CandidateDays = 30, Day = Day, Overrides = [],
                Choosing = new ChoosingOptions { MaxPerPublication = 50, MaxPerTopic = 50 },
                Candidates = contents.Select((content, place) => CandidateOf(content, place + 1)).ToList(),
            },
            taxonomy);
        var mine = roles.SelectMany(role => resolver.Resolve(role).Roles).Select(role => role.Id).Distinct().Order().ToArray();
        var outcome = composer.Compose(
            new Profile { Roles = mine, HasRoles = mine.Length > 0, Depth = depth, TooFew = TooFew.Widen },
            new ulong[(composer.Index.Stories.Count + 63) / 64]);
        return outcome == CompositionOutcome.Composed
            ? (composer.Choices.ToDictionary(choice => choice.Number), Composition.Of(composer.Numbers))
            : throw new InvalidOperationException($"Nothing is for {string.Join(" and ", roles)}: {outcome}.");
    }

    private Candidate CandidateOf(ItemContent content, int id) => new()
    {
        ItemId = id, RevisionId = id, StoryId = id, Title = content.Title, Topics = content.Topics, Publication = content.Publication,
        PublishedAt = content.PublishedAt ?? new DateTimeOffset(Day.AddDays(-id), TimeOnly.MinValue, TimeSpan.Zero),
        Roles = content.BestFor.SelectMany(label => resolver.Resolve(label).Roles.Select(role => new CandidateRole(role.Id, label))).ToList(),
        AddressedTo = content.AddressedTo is { } label ? resolver.Resolve(label).Roles.Select(role => role.Id).ToList() : [],
    };

    private ItemContent Addressed(ItemContent content) => content with { AddressedTo = resolver.AddressedTo(content.KeyTakeaway ?? "") };

    private static IReadOnlyList<ItemContent> Foreign() =>
    [
        new()
        {
            Title = "محاضر الاجتماعات التي تعلّمت أن تقول «لم يُقرَّر شيء»", Language = "ar", Url = "https://example.com/ar/minutes",
            Summary = "قارنت شركة استشارية شهرين من محاضر الاجتماعات الآلية بما يتذكره الحاضرون. اخترعت المحاضر قرارًا في اجتماع واحد من كل ستة.",
            KeyTakeaway = "يجب أن تكون الإجابة الفارغة ميزة: امنح النموذج طريقة ليقول إن شيئًا لم يحدث.",
            KeyInsights = ["القرارات المخترعة كانت نادرًا سخيفة.", "زادت ثقة القراء عندما كانت بعض المحاضر فارغة."],
            InPractice = ["أضف عبارة «لم يُقرَّر شيء» إلى القالب.", "اطلب من أحد المشاركين تأكيد كل قرار."],
            Topics = ["التلخيص"], BestFor = ["Product Manager"], Credit = "Editorial summary, takeaway, and curation by Example Press.",
        },
        new()
        {
            Title = "Карта без дат: как дорожная карта сохранила читателей", Language = "ru", Url = "https://example.com/ru/roadmap",
            Summary = "Компания из Лиссабона заменила даты на публичной дорожной карте тремя вопросами, на которые искала ответ.",
            KeyTakeaway = "Задавайте вопросы вместо обещаний и отвечайте на них вслух.",
            KeyInsights = ["Жалоб почти не осталось.", "Комментариев стало в пять раз больше."],
            Topics = ["Продукт"], BestFor = ["Product Manager"],
        },
        new()
        {
            Title = "学会说“没有决定”的会议记录", Language = "zh", Url = "https://example.com/zh/minutes",
            Summary = "一家咨询公司把两个月的机器会议记录与与会者的记忆作了比较。每六次会议中就有一次记录编造了决定。",
            KeyTakeaway = "空白的答案必须是一项功能：让模型可以说什么也没有发生。",
            KeyInsights = ["编造的决定很少荒谬。", "有些记录是空的，读者反而更信任。"],
            Topics = ["摘要"], BestFor = ["Product Manager"],
        },
    ];

    private static string Token(char first) => first + new string('0', 43);

    private static string Slug(string role) => string.Join('-', role.ToLowerInvariant().Split([' ', '/'], StringSplitOptions.RemoveEmptyEntries));
}
