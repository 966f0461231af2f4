using Newsletter.Alarms;

namespace Newsletter.Membership;

/// <summary>Tells operators that sign-ups are held: only an operator can release them.</summary>
public sealed class SignUpAlarms(SignUpBrake brake, AlarmRaising alarms)
{
    public async Task WatchAsync()
    {
        var status = await brake.StatusAsync();
        await alarms.SetAsync(AlarmKind.SignUpsHeld, status.IsQuiet ? [] : [new Alarm
        {
            Kind = AlarmKind.SignUpsHeld,
            About = "sign-ups",
            Headline = "Sign-ups are held",
            Sentence = status.Sentence,
            ToDo = "Check whether they are real people: 'newsletter sign-ups release' sends the confirmation mails, "
                + "'newsletter sign-ups discard' deletes the requests.",
            Page = "/editor/sign-ups",
        }]);
    }
}
