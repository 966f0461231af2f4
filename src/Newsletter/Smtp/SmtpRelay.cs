using System.Globalization;
using MailKit.Security;

namespace Newsletter.Smtp;

/// <summary>A mail server that accepts mail for relaying: its address, its credentials and the limits for it.</summary>
internal sealed record SmtpRelay(string Host, int Port, SecureSocketOptions Security, string? User, string? Password)
{
    private const double WarmUpGrowth = 1.5;

    /// <summary>For EHLO: a domain in ASCII, or an IP address without brackets.</summary>
    public required string HelloName { get; init; }

    public required int Connections { get; init; }

    public required double? MessagesPerSecond { get; init; }

    public required int Weight { get; init; }

    public required DateOnly? WarmUpSince { get; init; }

    public required int WarmUpFirstDay { get; init; }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Maximum number of mails on a day; null: unlimited. Zero before the first day of the warm-up.</summary>
    public int? AllowanceOn(DateOnly day) => WarmUpSince is not { } since ? null
        : day < since ? 0
        : (int)Math.Min(int.MaxValue, WarmUpFirstDay * Math.Pow(WarmUpGrowth, day.DayNumber - since.DayNumber));
}
