using System.Globalization;
using Newsletter.MailCatcher;

namespace Newsletter.Tests.Faults;

/// <summary>One way in which a server may misbehave, what the account of 2,000 deliveries is then, and how many mails the server has.</summary>
internal sealed record Fault(string Name, Action<Script> Script, Outcome Outcome, int Stored)
{
    /// <summary>How many readers a fault is scripted for that is not for all.</summary>
    private const int Few = 40;

    private const int All = Crowd.Size;

    public Func<CatcherOptions, CatcherOptions> Relay { get; init; } = options => options;

    /// <summary>Nothing more happens until the clock has gone on, once so many mails are stored.</summary>
    public (int Stored, TimeSpan Wait)? Stall { get; init; }

    /// <summary>What the edition then waits for.</summary>
    public string? Refusal { get; init; }

    /// <summary>Addresses that are suppressed by it.</summary>
    public int Suppressed { get; init; }

    public static IReadOnlyList<Fault> Table { get; } =
    [
        new("three connections dropped at connect", s => s.On(Step.Connect, new Deed.Drop(), times: 3), new(All), All),
        new("three connections refused with 421", s => s.On(Step.Connect, new Deed.Reply(421, "4.3.2 Busy"), times: 3), new(All), All),
        new("three connections refused with 554", s => s.On(Step.Connect, new Deed.Reply(554, "5.3.2 Not here"), times: 3), new(All), All),
        new("more than three connections refused", _ => { }, new(All), All) { Relay = options => options with { MaxConnections = 3 } },
        new("every connection dropped at connect", s => s.On(Step.Connect, new Deed.Drop()), new(0, Due: All), 0) { Refusal = "cannot be used" },
        new("three connections dropped at EHLO", s => s.On(Step.Ehlo, new Deed.Drop(), times: 3), new(All), All),
        new("450 to three EHLO", s => s.On(Step.Ehlo, new Deed.Reply(450, "4.3.2 Later"), times: 3), new(All), All),
        new("550 to three EHLO", s => s.On(Step.Ehlo, new Deed.Reply(550, "5.3.2 Never"), times: 3), new(All), All),
        new("dropped at every hundredth MAIL", EveryHundredth(new Deed.Drop()), new(All), All),
        new("421 to every hundredth MAIL", EveryHundredth(new Deed.Reply(421, "4.7.0 Enough for this connection")), new(All), All),
        new("451 to 40 MAIL", s => s.On(Step.Mail, new Deed.Reply(451, "4.3.0 Later"), first: 500, times: Few), new(All - Few, Deferred: Few), All - Few),
        new("550 to 40 MAIL", s => s.On(Step.Mail, new Deed.Reply(550, "5.3.0 Never"), first: 500, times: Few), new(All - Few, Failed: Few), All - Few),
        new("530 to every MAIL", s => s.On(Step.Mail, new Deed.Reply(530, "5.7.0 Authentication required")), new(0, Due: All), 0) { Refusal = "Smtp:User" },
        new("one mail above the SIZE announced", _ => { }, new(All - 1, Failed: 1), All - 1) { Relay = options => options with { MaxMessageBytes = 60_000 } },
        new("dropped at RCPT of 40", Of(Few, Step.Rcpt, new Deed.Drop()), new(All - Few, Deferred: Few), All - Few),
        new("421 to RCPT of 40", Of(Few, Step.Rcpt, new Deed.Reply(421, "4.3.2 Going down")), new(All - Few, Deferred: Few), All - Few),
        new("450 to RCPT of 40", Of(Few, Step.Rcpt, new Deed.Reply(450, "4.2.1 Greylisted")), new(All - Few, Deferred: Few), All - Few),
        new("450 to every RCPT", s => s.On(Step.Rcpt, new Deed.Reply(450, "4.2.1 Greylisted")), new(0, Deferred: All), 0),
        new("552 5.2.2 to RCPT of 40", Of(Few, Step.Rcpt, new Deed.Reply(552, "5.2.2 Mailbox full")), new(All - Few, Failed: Few), All - Few),
        new("550 5.1.1 to RCPT of 40",
            Of(Few, Step.Rcpt, new Deed.Reply(550, "5.1.1 Nobody here")), new(All - Few, Failed: Few), All - Few) { Suppressed = Few },
        new("550 5.1.1 to RCPT of 40, then closed",
            Of(Few, Step.Rcpt, new Deed.Reply(550, "5.1.1 Nobody here", Closes: true)), new(All - Few, Failed: Few), All - Few) { Suppressed = Few },
        new("450 to RCPT of 40, then closed",
            Of(Few, Step.Rcpt, new Deed.Reply(450, "4.2.1 Greylisted", Closes: true)), new(All - Few, Deferred: Few), All - Few),
        new("550 to 40 MAIL, then closed",
            s => s.On(Step.Mail, new Deed.Reply(550, "5.3.0 Never", Closes: true), first: 500, times: Few), new(All - Few, Failed: Few), All - Few),
        new("554 to DATA of 40, then closed",
            Of(Few, Step.Data, new Deed.Reply(554, "5.6.0 Never", Closes: true)), new(All - Few, Failed: Few), All - Few),
        new("554 after the dot of 40, then closed",
            Of(Few, Step.Dot, new Deed.Reply(554, "5.6.0 Never", Closes: true)), new(All - Few, Failed: Few), All - Few),
        new("550 5.1.8 to RCPT of ten", Of(10, Step.Rcpt, new Deed.Reply(550, "5.1.8 The sender's domain is not there")), new(All - 10, Failed: 10), All - 10),
        new("354 to RCPT of 40", Of(Few, Step.Rcpt, new Deed.Reply(354, "Go on")), new(All - Few, Deferred: Few), All - Few),
        new("one bad address", Of(1, Step.Rcpt, new Deed.Reply(553, "5.1.3 No address")), new(All - 1, Failed: 1), All - 1) { Suppressed = 1 },
        new("stalled at RCPT of three",
            Of(3, Step.Rcpt, new Deed.Stall(TimeSpan.FromHours(1)), times: 1), new(All), All) { Stall = (All - 3, TimeSpan.FromMinutes(6)) },
        new("dropped at DATA of 40", Of(Few, Step.Data, new Deed.Drop()), new(All - Few, Deferred: Few), All - Few),
        new("421 to DATA of 40", Of(Few, Step.Data, new Deed.Reply(421, "4.3.2 Going down")), new(All - Few, Deferred: Few), All - Few),
        new("451 to DATA of 40", Of(Few, Step.Data, new Deed.Reply(451, "4.3.0 Later")), new(All - Few, Deferred: Few), All - Few),
        new("554 to DATA of 40", Of(Few, Step.Data, new Deed.Reply(554, "5.6.0 Never")), new(All - Few, Failed: Few), All - Few),
        new("250 to DATA of 40", Of(Few, Step.Data, new Deed.Reply(250, "2.0.0 Done")), new(All - Few, Deferred: Few), All - Few),
        // A mail of this size goes out in one piece, dot and all: what the server dropped it could have taken.
        new("dropped in the body of 40", Of(Few, Step.Body, new Deed.Drop()), new(All - Few, Uncertain: Few), All - Few),
        new("dropped after the dot of 40, not stored", Of(Few, Step.Dot, new Deed.Drop()), new(All - Few, Uncertain: Few), All - Few),
        new("421 after the dot of 40", Of(Few, Step.Dot, new Deed.Reply(421, "4.3.2 Going down")), new(All - Few, Deferred: Few), All - Few),
        new("451 after the dot of 40", Of(Few, Step.Dot, new Deed.Reply(451, "4.3.0 Later")), new(All - Few, Deferred: Few), All - Few),
        new("554 after the dot of 40", Of(Few, Step.Dot, new Deed.Reply(554, "5.6.0 Never")), new(All - Few, Failed: Few), All - Few),
        new("354 after the dot of 40", Of(Few, Step.Dot, new Deed.Reply(354, "Go on")), new(All - Few, Uncertain: Few), All - Few),
        new("stalled after the dot of three",
            Of(3, Step.Dot, new Deed.Stall(TimeSpan.FromHours(1))), new(All - 3, Uncertain: 3), All - 3) { Stall = (All - 3, TimeSpan.FromMinutes(11)) },
        new("slow answers", s => s.On(Step.Dot, new Deed.Stall(TimeSpan.FromMilliseconds(4))), new(All), All),
        new("dropped before 250 of 40, stored", Of(Few, Step.Stored, new Deed.Drop()), new(All - Few, Uncertain: Few), All),
        new("451 to 40 that were stored", Of(Few, Step.Stored, new Deed.Reply(451, "4.3.0 Later")), new(All - Few, Deferred: Few), All),
    ];

    /// <summary>What stands of it in the documentation.</summary>
    public string Row => string.Create(CultureInfo.InvariantCulture,
        $"| {Name} | {Outcome.Sent} | {Outcome.Deferred} | {Outcome.Failed} | {Outcome.Uncertain} | {Outcome.Due} | {Stored} |");

    public override string ToString() => Name;

    private static Action<Script> EveryHundredth(Deed deed) => script =>
    {
        for (var match = 100; match < All; match += 100)
        {
            script.On(Step.Mail, deed, first: match, times: 1);
        }
    };

    /// <summary>For so many readers.</summary>
    private static Action<Script> Of(int readers, Step step, Deed deed, int times = int.MaxValue) => script =>
    {
        for (var i = 0; i < readers; i++)
        {
            script.On(step, deed, recipient: $"reader{i * 20}@example.com", times: times);
        }
    };
}
