using Newsletter.Addresses;
using Newsletter.Alarms;
using Newsletter.Membership;

namespace Newsletter.Tests.Alarms;

public sealed class SignUpAlarmsTests : AlarmTest
{
    [Fact]
    public async Task Operators_are_told_once_that_sign_ups_are_held_and_again_after_a_release()
    {
        var alarms = House.Get<SignUpAlarms>();
        await alarms.WatchAsync();
        Assert.Equal(0, await AlarmsAsync(AlarmKind.SignUpsHeld));

        for (var i = 0; i < 51; i++)
        {
            await House.Get<SignUp>().RequestAsync(EmailAddress.Parse($"p{i}@flood.example"), ["CTO"], []);
        }
        await alarms.WatchAsync();
        await alarms.WatchAsync();
        await SendAsync();
        Assert.Equal(1, await AlarmsAsync(AlarmKind.SignUpsHeld));
        Assert.Contains("wait for an operator: 1", Assert.Single(Told).Message.TextBody);

        House.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, await House.Get<SignUpBrake>().ReleaseAsync("cli"));
        await alarms.WatchAsync();
        Assert.Equal(0, await House.ScalarAsync<long>("select count(*) from alarms where kind = $1 and over_at is null", AlarmKind.SignUpsHeld));
    }
}
