using Newsletter.Smtp;

namespace Newsletter.Tests.Smtp;

public class SmtpReplyTests
{
    /// <summary>RFC 3463, 3.2 and RFC 7505: whether the recipient's address is bad, or ours.</summary>
    [Theory]
    [InlineData(550, "5.1.1 no such person", true, false)]
    [InlineData(550, "5.1.0 address rejected", true, false)]
    [InlineData(556, "5.1.10 the domain takes no mail", true, false)]
    [InlineData(550, "5.1.7 sender's address is none", false, true)]
    [InlineData(550, "5.1.8 sender's domain is not there", false, true)]
    [InlineData(550, "5.1.9 handed on to a server that knows no such thing", false, false)]
    [InlineData(550, "5.7.1 we do not want this", false, true)]
    [InlineData(550, "5.2.2 mailbox full", false, false)]
    [InlineData(550, "no such person", false, false)]
    [InlineData(450, "4.1.1 not known just now", false, false)]
    public void A_status_tells_whose_address_is_bad(int code, string text, bool isBadAddress, bool isPolicy)
    {
        var reply = new SmtpReply(code, text);

        Assert.Equal((isBadAddress, isPolicy), (reply.IsBadAddress, reply.IsPolicy));
    }
}
