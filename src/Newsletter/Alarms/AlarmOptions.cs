namespace Newsletter.Alarms;

/// <summary>Section <c>Alarm</c>.</summary>
public sealed record AlarmOptions
{
    /// <summary>Receives alarms as JSON in addition to mail: an https URL, or an http URL of this machine. Null: mail only.</summary>
    public string? WebhookUrl { get; init; }

    internal Uri? Webhook => string.IsNullOrWhiteSpace(WebhookUrl) ? null : new Uri(WebhookUrl.Trim());

    /// <exception cref="Refusal">Invalid: not such a URL. The message does not repeat it, because webhook URLs often contain a secret.</exception>
    internal AlarmOptions Checked() =>
        string.IsNullOrWhiteSpace(WebhookUrl)
        || (Uri.TryCreate(WebhookUrl.Trim(), UriKind.Absolute, out var url) && url.UserInfo.Length == 0 && url.Host.Length > 0
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            ? this
            : throw Refusal.Invalid("Alarm:WebhookUrl must be an https address, or an http one of this machine such as http://127.0.0.1:9000/alarm.");
}
