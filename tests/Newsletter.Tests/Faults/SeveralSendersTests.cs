using Xunit.Abstractions;

namespace Newsletter.Tests.Faults;

[Collection(nameof(LongTests))]
[Trait("Length", "long")]
public sealed class SeveralSendersTests(ITestOutputHelper output)
{
    private const int Readers = 8000;

    /// <summary>A relay that answers after 10 ms, as one that is not on the same machine.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task Two_and_four_senders_send_nothing_twice_and_no_slower_than_one()
    {
        await using var edition = await SlowEdition.StartAsync(Readers, Pace);
        var alone = 0.0;
        foreach (var count in new[] { 1, 2, 4 })
        {
            await edition.BeginAgainAsync(Pace);
            var senders = Enumerable.Range(0, count).Select(_ => edition.StartSender(connections: 4)).ToList();
            foreach (var sender in senders)
            {
                await sender.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
                Assert.Equal(0, sender.ExitCode);
                sender.Dispose();
            }
            var rate = edition.Relay.Mails.Rate;
            alone = count == 1 ? rate : alone;

            output.WriteLine(
                $"{count} senders: {edition.Relay.Mails.Readers} mails, duplicates {edition.Relay.Mails.Duplicates}, "
                + $"{rate / alone:F2} of one sender's rate");
            Assert.Equal(new Outcome(Readers), await edition.OutcomeAsync());
            Assert.Equal((Readers, 0), (edition.Relay.Mails.Readers, edition.Relay.Mails.Duplicates));
            Assert.True(rate >= alone, $"{count} senders sent {rate:F0} mails a second, one alone {alone:F0}.");
        }
    }
}
