namespace Newsletter.Benchmarks;

/// <summary>Sending by the product against <c>smtp-source</c>, one after the other, each to an <c>smtp-sink</c> of its own.</summary>
/// <param name="areOwn">Every reader has a composition of their own.</param>
/// <param name="words">In the summary of each article: they make the mail as long as it is.</param>
/// <param name="dkimKeyFile">Null: mails are not signed.</param>
internal sealed class SendingBenchmark(Cluster cluster, int connections, bool areOwn, int words, string? dkimKeyFile)
{
    // Hidden command: see MeasuredProcess.
    public const string Measured = "measure-sending";

    /// <summary>One for each composition that readers share.</summary>
    private const int Samples = PlannedEdition.SharedCompositions;

    private readonly PlannedEdition editions = new(cluster, areOwn, words);

    /// <param name="recipients">Editions that are sent for the memory figure alone.</param>
    /// <exception cref="Refusal">Conflict: the account does not close, or the sink counted otherwise.</exception>
    public async Task<SendingFigures> RunAsync(int messages, IReadOnlyList<int> recipients, CancellationToken cancel)
    {
        Progress.Say($"looking at {Samples} mails");
        var (database, edition) = await editions.PrepareAsync(Samples, cancel);
        var mail = await SampleMail.LookAsync(
            dkimKeyFile is not null, async port => Check(Samples, await MeasureAsync(database, edition, port, cancel)), cancel);
        Progress.Say($"{messages} messages of {mail.MessageBytes} octets ({mail.HtmlBytes} of HTML): preparing");
        (database, edition) = await editions.PrepareAsync(messages, cancel);
        var before = await SourceRateAsync(mail, messages, cancel);
        var (sending, sinkSeconds) = await SendAsync(messages, database, edition, cancel);
        var after = await SourceRateAsync(mail, messages, cancel);

        var memory = new List<SendingMemory> { SendingMemory.Of(messages, sending) };
        foreach (var size in recipients)
        {
            memory.Add(await MemoryAsync(size, cancel));
        }
        var rate = sending.Messages / sending.Run.Seconds;
        return new SendingFigures
        {
            Messages = messages,
            Connections = connections,
            Compositions = areOwn ? messages : PlannedEdition.SharedCompositions,
            Dkim = dkimKeyFile is not null,
            Mail = mail,
            SourceRates = [(int)before, (int)after],
            Rate = (int)rate,
            Ratio = Math.Round(rate / ((before + after) / 2), 3),
            OwnCpuMicroseconds = PerMessage(sending.Run.OwnSeconds, sending.Messages),
            DatabaseCpuMicroseconds = PerMessage(sending.Run.ServerSeconds, sending.Messages),
            SinkCpuMicroseconds = PerMessage(sinkSeconds, messages),
            Memory = memory,
        };

        static int PerMessage(double seconds, long messages) => (int)(1e6 * seconds / messages);
    }

    private async Task<SendingMemory> MemoryAsync(int recipients, CancellationToken cancel)
    {
        Progress.Say($"{recipients} recipients: preparing");
        var (database, edition) = await editions.PrepareAsync(recipients, cancel);
        var (sending, _) = await SendAsync(recipients, database, edition, cancel);
        return SendingMemory.Of(recipients, sending);
    }

    private async Task<(MeasuredSending Sending, double SinkSeconds)> SendAsync(int messages, string database, long edition, CancellationToken cancel)
    {
        await using var sink = await SmtpSink.StartAsync(cancel);
        var sending = await MeasureAsync(database, edition, sink.EndPoint.Port, cancel);
        Progress.Say($"  we: {sending.Messages / sending.Run.Seconds:0} messages/s");
        Check(messages, sending);
        await CheckAsync(messages, sink, cancel);
        return (sending, sink.Seconds);
    }

    private async Task<double> SourceRateAsync(SampleMail mail, int messages, CancellationToken cancel)
    {
        await using var sink = await SmtpSink.StartAsync(cancel);
        var rate = messages / await Postfix.SendAsync(sink.EndPoint, connections, mail.Payload, messages, cancel);
        Progress.Say($"  smtp-source: {rate:0} messages/s");
        await CheckAsync(messages, sink, cancel);
        return rate;
    }

    private Task<MeasuredSending> MeasureAsync(string database, long edition, int port, CancellationToken cancel) =>
        MeasuredProcess.RunAsync<MeasuredSending>(
            [Measured, .. SendingCommand.Words(new SendingOrder(database, edition, port, connections, dkimKeyFile))], cancel);

    private static void Check(int messages, MeasuredSending sending)
    {
        if (sending.Account.Planned != messages || sending.Account.Sent != messages)
        {
            throw Refusal.Conflict(
                $"Of {messages} deliveries {sending.Account.Sent} were sent, {sending.Account.Failed} failed, "
                + $"{sending.Account.Deferred} are deferred, {sending.Account.Uncertain} uncertain and {sending.Account.Due} due: "
                + "there is nothing to compare.");
        }
    }

    private static async Task CheckAsync(int messages, SmtpSink sink, CancellationToken cancel)
    {
        if (await sink.CountAsync(cancel) is var count && count != messages)
        {
            throw Refusal.Conflict($"smtp-sink counted {count} messages instead of {messages}.");
        }
    }
}
