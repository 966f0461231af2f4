using System.Text.Json;

namespace Newsletter.Benchmarks;

/// <summary>Lines for people, then one line of JSON.</summary>
internal static class SendingReport
{
    public static void Print(SendingFigures figures)
    {
        Say($"Sending {figures.Messages} messages of {figures.Mail.MessageBytes} octets ({figures.Mail.HtmlBytes} of HTML), {figures.Compositions} compositions, {figures.Connections} connections, {(figures.Dkim ? "signed with RSA-2048" : "not signed")}");
        Say($"  smtp-source before, after  {figures.SourceRates[0]}, {figures.SourceRates[1]} messages/s");
        Say($"  newsletter                 {figures.Rate} messages/s, ratio {figures.Ratio:0.00}");
        Say($"  processor time             {figures.OwnCpuMicroseconds} µs a message; PostgreSQL {figures.DatabaseCpuMicroseconds} µs, smtp-sink {figures.SinkCpuMicroseconds} µs");
        foreach (var memory in figures.Memory)
        {
            Say($"  {memory.Recipients,9} recipients       {memory.PeakMegabytesAboveIdle:0} MB above {memory.IdleMegabytes:0} MB idle, {memory.PeakMegabytes:0} MB in all");
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(new { benchmark = "sending", figures }, JsonSerializerOptions.Web));
    }

    private static void Say(FormattableString line) => Console.Out.WriteLine(FormattableString.Invariant(line));
}
