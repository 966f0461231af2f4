using System.Globalization;
using System.Net;
using System.Text;
using MailKit.Security;

namespace Newsletter.Smtp;

/// <summary>AUTH (RFC 4954) by a name and a password: each mechanism that the server offers, the strongest first, until one passes.</summary>
/// <param name="ask">Sends one line and reads the reply, with its words.</param>
internal sealed class SmtpAuthentication(NetworkCredential credentials, Func<string, Task<SmtpReply>> ask)
{
    private const int Passed = 235;
    private const int Challenge = 334;

    /// <summary>MailKit hashes as often as the server says: for an hour if it says two thousand millions. Servers say some hundred thousand.</summary>
    private const int MostIterations = 1_000_000;

    /// <summary>
    /// In MailKit's order. Missing are DIGEST-MD5 and channel binding (-PLUS), for which MailKit's classes need what only its client gives
    /// them, and XOAUTH2 and OAUTHBEARER: a password is no token.
    /// </summary>
    private static readonly string[] Ranked = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "NTLM", "CRAM-MD5", "PLAIN", "LOGIN"];

    /// <summary>What a server that quotes us must not bring into a log.</summary>
    private readonly List<string> secrets = [credentials.Password];

    /// <exception cref="IOException">None passes, or the connection is lost. Says why, as a clause for people.</exception>
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
                refusal = reply is { } said ? WithoutSecrets(said) : $"{mechanism.MechanismName} cannot be done with this challenge, name or password";
                if (reply?.IsClosing == true)
                {
                    break;
                }
            }
            catch (IOException) when (refusal is not null)
            {
                // Some servers close after the first refusal, which says more than the lost connection.
                break;
            }
        }
        throw new IOException(refusal ?? "No compatible authentication mechanisms found");
    }

    /// <returns>The reply that ended the exchange; null when we ended it.</returns>
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
                // The server waits for an answer to its challenge: it is told that none comes (RFC 4954, 4).
                await ask("*");
                return null;
            }
            reply = await ask(response);
        }
        return reply;
    }

    /// <param name="challenge">In Base64; null for what is sent before any challenge.</param>
    /// <returns>In Base64; null when the mechanism has none: the challenge is broken, or forged, or the password holds what it does not take.</returns>
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
            // MailKit's mechanisms throw SaslException, FormatException, NotSupportedException and others, by what is broken.
            return null;
        }
    }

    /// <summary>The i= of a SCRAM challenge (RFC 5802, 5.1).</summary>
    private static int Iterations(string challenge) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(challenge)).Split(',').Where(part => part.StartsWith("i=", StringComparison.Ordinal))
            .Select(part => int.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue)
            .DefaultIfEmpty(0).Max();

    private string WithoutSecrets(SmtpReply reply) =>
        secrets.Exists(secret => secret.Length > 0 && reply.Text.Contains(secret, StringComparison.Ordinal)) ? reply.Class : reply.ToString();
}
