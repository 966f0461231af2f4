using System.Net.Sockets;
using System.Security.Authentication;

namespace Newsletter.MailCatcher;

/// <summary>One SMTP session, from the greeting to QUIT (RFC 5321).</summary>
internal sealed class Session
{
    private const int MaxRecipients = 1000;
    private const int MaxErrors = 10;

    private readonly CatcherOptions options;
    private readonly CancellationToken stopping;
    private readonly Wire wire;
    private readonly Envelope envelope = new();
    private readonly ScriptedFaults faults;
    private bool isExtended;
    private bool isGreeted;
    private bool isAuthenticated;
    private bool isOver;
    private int errors;

    public Session(Socket socket, CatcherOptions options, CancellationToken stopping)
    {
        (this.options, this.stopping) = (options, stopping);
        wire = new Wire(socket, options.Patience, stopping);
        faults = new ScriptedFaults(wire, options.Script);
    }

    private bool OffersTls => options.Certificate is not null && !wire.IsSecure;

    // If TLS is available, a password must not be sent unencrypted.
    private bool OffersAuth => options.Credentials is not null && !OffersTls;

    /// <summary>Runs until the connection ends. No behaviour of a client causes an exception.</summary>
    public async Task RunAsync(bool isCrowded)
    {
        await using (wire)
        {
            try
            {
                if (isCrowded)
                {
                    await wire.SayGoodbyeAsync("4.7.0 Too many connections");
                    return;
                }

                await ServeAsync();
            }
            catch (OperationCanceledException)
            {
                await wire.SayGoodbyeAsync(stopping.IsCancellationRequested ? "4.3.2 Shutting down" : "4.4.2 Waited too long");
            }
            catch (Exception ending) when (ending is IOException or SocketException or AuthenticationException)
            {
                // The client has disconnected, or rejects our certificate.
            }
        }
    }

    private async Task ServeAsync()
    {
        if (options.ImplicitTls)
        {
            await wire.StartTlsAsync(options.Certificate!);
        }

        if (!await IsFaultyAsync(Step.Connect))
        {
            wire.Reply(220, "mail-catcher ESMTP");
        }

        while (!isOver && await wire.ReadLineAsync() is { } line)
        {
            await ExecuteAsync(SmtpCommand.Of(line));
            if (errors > MaxErrors)
            {
                wire.Reply(421, "4.7.0 Too many errors");
                isOver = true;
            }
        }

        await wire.FlushAsync();
    }

    private ValueTask ExecuteAsync(SmtpCommand command) => command.Verb switch
    {
        "EHLO" or "HELO" => GreetAsync(command),
        "STARTTLS" when OffersTls => StartTlsAsync(),
        "AUTH" when OffersAuth => AuthenticateAsync(command),
        "MAIL" => MailAsync(command),
        "RCPT" => RecipientAsync(command),
        "DATA" => DataAsync(),
        "RSET" => ResetAsync(),
        "NOOP" => AnswerAsync(Step.Noop, 250, "2.0.0 Nothing done"),
        "VRFY" => AnswerAsync(null, 252, "2.1.5 Try to send to it"),
        "QUIT" => QuitAsync(),
        _ => UnknownAsync(),
    };

    private ValueTask UnknownAsync()
    {
        ReplyError(500, $"5.5.2 Not a command here, or not one line of UTF-8 below {Wire.MaxLineBytes} bytes");
        return ValueTask.CompletedTask;
    }

    private async ValueTask GreetAsync(SmtpCommand command)
    {
        if (command.Argument.Length == 0)
        {
            ReplyError(501, "5.5.4 Say who you are");
        }
        else if (!await IsFaultyAsync(Step.Ehlo))
        {
            envelope.Clear();
            isGreeted = true;
            isExtended = command.Verb == "EHLO";
            wire.Reply(250, isExtended ? EhloReply.Text(options.MaxMessageBytes, OffersTls, OffersAuth) : EhloReply.Name);
        }
    }

    private async ValueTask StartTlsAsync()
    {
        if (await IsFaultyAsync(Step.StartTls))
        {
            return;
        }

        wire.Reply(220, "2.0.0 Go ahead");
        isOver = !await wire.StartTlsAsync(options.Certificate!);

        // All state from before TLS must be discarded (RFC 3207 section 4.2).
        envelope.Clear();
        isGreeted = false;
        isAuthenticated = false;
    }

    private async ValueTask AuthenticateAsync(SmtpCommand command)
    {
        if (!isExtended || isAuthenticated || envelope.Sender is not null)
        {
            ReplyError(503, "5.5.1 AUTH is not allowed now");
        }
        else if (!await IsFaultyAsync(Step.Auth))
        {
            isAuthenticated = await Authentication.PassesAsync(command.Argument, options.Credentials!, wire);
            if (isAuthenticated)
            {
                wire.Reply(235, "2.7.0 Welcome");
            }
            else
            {
                ReplyError(535, "5.7.8 Wrong user name or password");
            }
        }
    }

    private async ValueTask MailAsync(SmtpCommand command)
    {
        var path = MailPath.Parse(command.Argument, "FROM:", allowNull: true);
        Objection? objection = !isGreeted ? new(503, "5.5.1 Greet first")
            : options.Credentials is not null && !isAuthenticated ? new(530, "5.7.0 Authentication required")
            : envelope.ToSender(path);
        if (objection is { } mistake)
        {
            ReplyError(mistake.Code, mistake.Text);
        }
        else if (path!.Size > options.MaxMessageBytes)
        {
            wire.Reply(552, "5.3.4 Message too big");
        }
        else if (!await IsFaultyAsync(Step.Mail))
        {
            envelope.Begin(path);
            wire.Reply(250, "2.1.0 Sender ok");
        }
    }

    private async ValueTask RecipientAsync(SmtpCommand command)
    {
        var path = MailPath.Parse(command.Argument, "TO:", allowNull: false);
        if (envelope.ToRecipient(path) is { } mistake)
        {
            ReplyError(mistake.Code, mistake.Text);
        }
        else if (envelope.Recipients.Count == MaxRecipients)
        {
            wire.Reply(452, "4.5.3 Too many recipients");
        }
        else if (!await IsFaultyAsync(Step.Rcpt, [path!.Address]))
        {
            envelope.Add(path);
            wire.Reply(250, "2.1.5 Recipient ok");
        }
    }

    private async ValueTask DataAsync()
    {
        if (envelope.Recipients.Count == 0)
        {
            ReplyError(envelope.Sender is null ? 503 : 554, "5.5.1 No valid recipients");
            return;
        }

        if (await IsFaultyAsync(Step.Data))
        {
            return;
        }

        wire.Reply(354, "End with a line that is a dot");
        if (!options.Script.IsEmpty)
        {
            await wire.WaitForInputAsync();
            if (await IsFaultyAsync(Step.Body))
            {
                isOver = true;
                return;
            }
        }

        var body = new Body(options.MaxMessageBytes);
        isOver = !await wire.ReadBodyAsync(body);
        if (!isOver)
        {
            await KeepAsync(body);
            envelope.Clear();
        }
    }

    private async ValueTask KeepAsync(Body body)
    {
        if (await IsFaultyAsync(Step.Dot))
        {
            return;
        }

        if (body.IsTooLong)
        {
            wire.Reply(552, "5.3.4 Message too big");
            return;
        }

        var id = CaughtMail.NewId(options.TimeProvider.GetUtcNow());
        try
        {
            await options.Keeper.KeepAsync(new CaughtMail(id, envelope.Sender!, [.. envelope.Recipients], body.ToArray()));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            wire.Reply(452, "4.3.1 Could not be stored");
            return;
        }

        if (!await IsFaultyAsync(Step.Stored))
        {
            wire.Reply(250, $"2.0.0 Kept as {id}");
        }
    }

    private ValueTask ResetAsync()
    {
        envelope.Clear();
        return AnswerAsync(Step.Rset, 250, "2.0.0 Reset");
    }

    private async ValueTask QuitAsync()
    {
        await AnswerAsync(Step.Quit, 221, "2.0.0 Goodbye");
        isOver = true;
    }

    private async ValueTask AnswerAsync(Step? step, int code, string text)
    {
        if (step is null || !await IsFaultyAsync(step.Value))
        {
            wire.Reply(code, text);
        }
    }

    private void ReplyError(int code, string text)
    {
        errors++;
        wire.Reply(code, text);
    }

    /// <summary>True if the script replied to this step or ended the session. The session must then not send its own reply.</summary>
    private async ValueTask<bool> IsFaultyAsync(Step step, IReadOnlyList<string>? about = null)
    {
        var outcome = await faults.PlayAsync(step, about ?? envelope.Recipients);
        isOver |= outcome == FaultOutcome.Ends;
        return outcome != FaultOutcome.None;
    }
}
