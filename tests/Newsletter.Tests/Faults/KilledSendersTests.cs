using System.Diagnostics;
using Xunit.Abstractions;

namespace Newsletter.Tests.Faults;

[Collection(nameof(LongTests))]
[Trait("Length", "long")]
public sealed class KilledSendersTests(ITestOutputHelper output)
{
    private const int Readers = 20_000;
    private const int Kills = 20;

    [Theory]
    [InlineData("hold")]
    [InlineData("resend")]
    public async Task Two_senders_killed_twenty_times_lose_nobody(string onUncertain)
    {
        await using var edition = await SlowEdition.StartAsync(Readers, TimeSpan.FromMilliseconds(20), onUncertain);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        Process[] senders = [edition.StartSender(), edition.StartSender()];
        for (var kill = 0; kill < Kills; kill++)
        {
            await edition.Relay.Mails.UntilAsync(edition.Relay.Mails.Total + 300);
            await Task.Delay(random.Next(1000));
            var victim = random.Next(senders.Length);
            await Signal.SendAsync("KILL", senders[victim]);
            senders[victim].Dispose();
            senders[victim] = edition.StartSender();
        }
        Assert.InRange(edition.Relay.Mails.Readers, 0, Readers - 1);
        foreach (var sender in senders)
        {
            await sender.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
            sender.Dispose();
        }

        await edition.NobodyIsLostAsync(Readers);
        var uncertain = (await edition.OutcomeAsync()).Uncertain;
        output.WriteLine($"{onUncertain}: lost 0, duplicates {edition.Relay.Mails.Duplicates}, uncertain {uncertain} (seed {seed})");
        Assert.InRange(onUncertain == "hold" ? uncertain : edition.Relay.Mails.Duplicates, 0, Kills * SlowEdition.Connections);
        Assert.Equal(0, onUncertain == "hold" ? edition.Relay.Mails.Duplicates : uncertain);
    }
}
