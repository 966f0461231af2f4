using Newsletter.Addresses;
using Newsletter.Alarms;
using Newsletter.MailCatcher;
using Newsletter.Membership;
using Newsletter.Monitoring;
using Newsletter.Notices;

namespace Newsletter.Tests.Alarms;

public sealed class RelayAlarmsTests : AlarmTest
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await House.Get<SignUp>().RequestAsync(EmailAddress.Parse("new@example.com"), ["CTO"], []);
    }

    [Fact]
    public async Task A_relay_that_is_away_for_ten_minutes_is_told_once_when_it_is_back_and_the_next_time_again()
    {
        await AwayAsync(minutes: 9);
        Assert.Equal(0, await AlarmsAsync(AlarmKind.RelayAway));
        await AwayAsync(minutes: 3);
        Assert.Equal(1, await AlarmsAsync(AlarmKind.RelayAway));
        Assert.Single(House.Logs.Of(2001));
        Assert.Empty(House.Logs.Of(2002));

        await BackAsync();
        var mail = Told.Single().Message;
        Assert.StartsWith("[Newsletter] The relay 127.0.0.1:", mail.Subject);
        Assert.Contains("2026-03-02 09:00 UTC", mail.TextBody);
        Assert.Equal(720L, Assert.Single(House.Logs.Of(2002)).Fields["Seconds"]);

        House.Time.Advance(TimeSpan.FromMinutes(10));
        await House.Get<RelayAlarms>().WatchAsync();
        await House.Get<SignUp>().RequestAsync(EmailAddress.Parse("other@example.com"), ["CTO"], []);
        await AwayAsync(minutes: 12);
        Assert.Equal((2, 2), (await AlarmsAsync(AlarmKind.RelayAway), House.Logs.Of(2001).Count));
    }

    [Fact]
    public async Task What_a_dead_process_could_not_reach_raises_nothing()
    {
        await AwayAsync(minutes: 3);
        House.Time.Advance(TimeSpan.FromMinutes(20));
        await House.Get<RelayAlarms>().WatchAsync();
        Assert.Equal(0, await AlarmsAsync(AlarmKind.RelayAway));
    }

    [Fact]
    public async Task A_relay_that_takes_fewer_connections_than_we_have_is_not_away()
    {
        House.Faults.On(Step.Connect, new Deed.Drop(), first: 3);
        var edition = await House.StartAsync();
        await House.RunAsync(edition);
        Assert.Equal("sent", await House.StateAsync(edition));
        // The two that stand are the edition's: none is left for single mails.
        await House.Get<NoticeSending>().RunAsync(default);
        Assert.Empty(House.MailsTo("new@example.com"));
        Assert.Empty(House.Logs.Of(2001));
    }

    [Fact]
    public async Task An_alarm_that_cannot_be_delivered_for_a_day_is_given_up()
    {
        House.Faults.On(Step.Connect, new Deed.Drop());
        await House.Get<AlarmRaising>().RaiseAsync(SomeAlarm());
        await SendAsync();
        House.Time.Advance(TimeSpan.FromHours(23));
        await SendAsync();
        Assert.Equal(2, await House.ScalarAsync<long>("select count(*) from alarm_messages where state = 'due'"));
        House.Time.Advance(TimeSpan.FromHours(2));
        await SendAsync();
        House.Faults.Clear();
        await SendAsync();

        Assert.Empty(Told);
        Assert.Equal(2, Assert.Single(House.Logs.Of(3005)).Fields["Messages"]);
    }

    private async Task AwayAsync(int minutes)
    {
        House.Faults.On(Step.Connect, new Deed.Drop());
        for (var minute = 0; minute < minutes; minute++)
        {
            await House.Get<NoticeSending>().RunAsync(default);
            await House.Get<RelayAlarms>().WatchAsync();
            await SendAsync();
            House.Time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private async Task BackAsync()
    {
        House.Faults.Clear();
        await House.Get<NoticeSending>().RunAsync(default);
        await SendAsync();
    }
}
