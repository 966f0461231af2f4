using System.Globalization;
using MailKit.Security;

namespace Newsletter.Smtp;

/// <summary>A server that mail is handed to, how it knows us, and what it is to be spared.</summary>
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

    /// <summary>Mails it may be handed on a day; null for as many as there are. None before the first day of warming up.</summary>
    public int? AllowanceOn(DateOnly day) => WarmUpSince is not { } since ? null
        : day < since ? 0
        : (int)Math.Min(int.MaxValue, WarmUpFirstDay * Math.Pow(WarmUpGrowth, day.DayNumber - since.DayNumber));
}
