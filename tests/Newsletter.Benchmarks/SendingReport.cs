using System.Text.Json;

namespace Newsletter.Benchmarks;

/// <summary>Lines for people, then one line of JSON.</summary>
internal static class SendingReport
{
    public static void Print(SendingFigures figures)
    {
        var mail = FormattableString.Invariant($"{figures.Mail.MessageBytes} octets ({figures.Mail.HtmlBytes} of HTML)");
        var signed = figures.Dkim ? "signed with RSA-2048" : "not signed";
        Say($"Sending {figures.Messages} messages of {mail}, {figures.Compositions} compositions, {figures.Connections} connections, {signed}");
        Say($"  smtp-source before, after  {figures.SourceRates[0]}, {figures.SourceRates[1]} messages/s");
        Say($"  newsletter                 {figures.Rate} messages/s, ratio {figures.Ratio:0.00}");
        var (own, database, sink) = (figures.OwnCpuMicroseconds, figures.DatabaseCpuMicroseconds, figures.SinkCpuMicroseconds);
        Say($"  processor time             {own} µs a message; PostgreSQL {database} µs, smtp-sink {sink} µs");
        foreach (var memory in figures.Memory)
        {
            var (above, idle, peak) = (memory.PeakMegabytesAboveIdle, memory.IdleMegabytes, memory.PeakMegabytes);
            Say($"  {memory.Recipients,9} recipients       {above:0} MB above {idle:0} MB idle, {peak:0} MB in all");
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(new { benchmark = "sending", figures }, JsonSerializerOptions.Web));
    }

    private static void Say(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}
