using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

public sealed class KilledSenderTests
{
    private const int Readers = 500;

    [Theory]
    [InlineData("hold")]
    [InlineData("resend")]
    public async Task A_sender_that_is_killed_twice_loses_nobody(string onUncertain)
    {
        await using var edition = await SlowEdition.StartAsync(Readers, TimeSpan.FromMilliseconds(10), onUncertain);
        for (var kills = 1; kills <= 2; kills++)
        {
            using var victim = edition.StartSender();
            await edition.Relay.Mails.UntilAsync(edition.Relay.Mails.Total + 100);
            await Signal.SendAsync("KILL", victim);
            await victim.WaitForExitAsync();
            // It lasts a minute, and nobody else sends.
            await edition.House.ExecuteAsync("update senders set lease_until = now() - interval '1 second'");
        }
        using var last = edition.StartSender();
        var end = await CliRun.EndAsync(last);

        await edition.NobodyIsLostAsync(Readers);
        var uncertain = (await edition.OutcomeAsync()).Uncertain;
        Assert.InRange(onUncertain == "hold" ? uncertain : edition.Relay.Mails.Duplicates, 0, 2 * SlowEdition.Connections);
        Assert.Equal(0, onUncertain == "hold" ? edition.Relay.Mails.Duplicates : uncertain);
        Assert.Equal(uncertain > 0 ? 7 : 0, end.ExitCode);
    }
}
