using Xunit.Abstractions;

namespace Newsletter.Tests.Faults;

[Collection(nameof(LongTests))]
[Trait("Length", "long")]
public sealed class StoppedSenderTests(ITestOutputHelper output)
{
    private const int Readers = 4000;

    [Theory]
    [InlineData("hold")]
    [InlineData("resend")]
    public async Task A_sender_that_is_stopped_beyond_its_lease_issues_nothing_twice_and_its_late_words_are_heard(string onUncertain)
    {
        await using var edition = await SlowEdition.StartAsync(Readers, TimeSpan.FromMilliseconds(20), onUncertain);
        using var stopped = edition.StartSender();
        await edition.Relay.Mails.UntilAsync(500);
        await Signal.SendAsync("STOP", stopped);
        using var other = edition.StartSender();
        await other.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5));
        var held = await edition.OutcomeAsync();
        Assert.InRange(held.Uncertain, 0, onUncertain == "hold" ? SlowEdition.Connections : 0);
        Assert.Equal(new Outcome(Readers - held.Uncertain, Uncertain: held.Uncertain), held);

        await Signal.SendAsync("CONT", stopped);
        await stopped.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

        await edition.NobodyIsLostAsync(Readers);
        var outcome = await edition.OutcomeAsync();
        output.WriteLine(
            $"{onUncertain}: uncertain {held.Uncertain} while it was stopped, {outcome.Uncertain} after; duplicates {edition.Relay.Mails.Duplicates}");
        // What was under way when it was stopped is sent anew by the other under resend; that is its price.
        Assert.InRange(edition.Relay.Mails.Duplicates, 0, onUncertain == "hold" ? 0 : SlowEdition.Connections);
        Assert.Equal(edition.Relay.Mails.Readers, outcome.Sent);
        Assert.InRange(outcome.Uncertain, 0, held.Uncertain);
    }
}
