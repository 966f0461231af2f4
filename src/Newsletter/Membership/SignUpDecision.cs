namespace Newsletter.Membership;

/// <summary>What happens to a sign-up.</summary>
public enum SignUpDecision
{
    Send,

    /// <summary>The mail is stored and waits for an operator.</summary>
    Hold,

    /// <summary>Nothing is stored: the mailbox reached its daily limit, or too many sign-ups are held already.</summary>
    Drop,
}
