using System.Globalization;
using System.Net;
using System.Text;
using MailKit.Security;

namespace Newsletter.Smtp;

/// <summary>
/// AUTH (RFC 4954) with a user name and a password: tries each mechanism that the server offers, the strongest first, until one succeeds.
/// </summary>
/// <param name="ask">Sends one line and reads the reply, including its text.</param>
internal sealed class SmtpAuthentication(NetworkCredential credentials, Func<string, Task<SmtpReply>> ask)
{
    private const int Passed = 235;
    private const int Challenge = 334;

    /// <summary>
    /// MailKit computes as many iterations as the server requests: two thousand million take an hour. Servers use some hundred thousand.
    /// </summary>
    private const int MostIterations = 1_000_000;

    /// <summary>
    /// In MailKit's order. Not supported: DIGEST-MD5 and channel binding (-PLUS), because MailKit's classes need data that only its own client
    /// gives them; XOAUTH2 and OAUTHBEARER, because a password is not a token.
    /// </summary>
    private static readonly string[] Ranked = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "NTLM", "CRAM-MD5", "PLAIN", "LOGIN"];

    /// <summary>Values that must not get into a log if the server quotes them.</summary>
    private readonly List<string> secrets = [credentials.Password];

    /// <exception cref="IOException">No mechanism succeeds, or the connection is lost. The message is a clause for people that says why.</exception>
    public async Task PassAsync(IReadOnlySet<string> offered)
    {
        if (offered.Count == 0)
        {
            throw new IOException("The SMTP server does not support authentication");
        }
        string? refusal = null;
        foreach (var mechanism in Ranked.Where(offered.Contains).Select(name => SaslMechanism.Create(name, credentials)).OfType<SaslMechanism>())
        {
            try
            {
                var reply = await TryAsync(mechanism);
                if (reply?.Code == Passed)
                {
                    return;
                }
                refusal = reply is { } said
                    ? WithoutSecrets(said)
                    : $"{mechanism.MechanismName} failed: the challenge is invalid, or the user name or password cannot be used with it";
                if (reply?.IsClosing == true)
                {
                    break;
                }
            }
            catch (IOException) when (refusal is not null)
            {
                // Some servers close the connection after the first refusal, and that refusal says more than the lost connection.
                break;
            }
        }
        throw new IOException(refusal ?? "No compatible authentication mechanisms found");
    }

    /// <returns>The reply that ended the exchange; null when this client cancelled it.</returns>
    private async Task<SmtpReply?> TryAsync(SaslMechanism mechanism)
    {
        var command = $"AUTH {mechanism.MechanismName}";
        if (mechanism.SupportsInitialResponse)
        {
            if (Response(mechanism, null) is not { } initial)
            {
                return null;
            }
            command += $" {initial}";
        }
        var reply = await ask(command);
        while (reply.Code == Challenge)
        {
            if (mechanism.IsAuthenticated || Response(mechanism, reply.Text) is not { } response)
            {
                // The server waits for a response to its challenge: cancel the exchange (RFC 4954, 4).
                await ask("*");
                return null;
            }
            reply = await ask(response);
        }
        return reply;
    }

    /// <param name="challenge">In Base64; null for the initial response, before any challenge.</param>
    /// <returns>
    /// In Base64; null when the mechanism has no response: the challenge is malformed or forged, or the mechanism does not accept the password.
    /// </returns>
    private string? Response(SaslMechanism mechanism, string? challenge)
    {
        try
        {
            if (challenge is not null && mechanism is SaslMechanismScramBase && Iterations(challenge) > MostIterations)
            {
                return null;
            }
            var response = mechanism.Challenge(challenge);
            secrets.Add(response);
            return response;
        }
        catch (Exception)
        {
            // MailKit's mechanisms throw SaslException, FormatException, NotSupportedException and others, depending on the problem.
            return null;
        }
    }

    /// <summary>The iteration count (i=) of a SCRAM challenge (RFC 5802, 5.1).</summary>
    private static int Iterations(string challenge) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(challenge)).Split(',').Where(part => part.StartsWith("i=", StringComparison.Ordinal))
            .Select(part => int.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue)
            .DefaultIfEmpty(0).Max();

    private string WithoutSecrets(SmtpReply reply) =>
        secrets.Exists(secret => secret.Length > 0 && reply.Text.Contains(secret, StringComparison.Ordinal)) ? reply.Class : reply.ToString();
}
