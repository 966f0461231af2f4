using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;

namespace Newsletter.Alarms;

/// <summary>Posts alarms to <c>Alarm:WebhookUrl</c>. Redirects are not followed: they could send the text to a third party.</summary>
public sealed class AlarmWebhook(IOptions<AlarmOptions> options, AlarmMails mails) : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = AnswerTimeout,
    };

    /// <returns>Null if the webhook accepted the alarm; otherwise the reason, and true if a retry may succeed.</returns>
    internal async Task<(string Reason, bool MayTryAgain)?> PostAsync(AlarmMessage message, CancellationToken stop)
    {
        if (options.Value.Webhook is not { } url)
        {
            return ("Alarm:WebhookUrl is not set any more", false);
        }
        var (alarm, page) = (message.Alarm, mails.UrlOf(message.Alarm));
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Content = JsonContent.Create(new
                {
                    id = message.MessageId, kind = alarm.Kind, about = alarm.About, headline = alarm.Headline, sentence = alarm.Sentence,
                    toDo = alarm.ToDo, url = page, raisedAt = message.RaisedAt.UtcDateTime,
                    // Chat programs display this field.
                    text = $"{alarm.Headline}: {alarm.Sentence} {alarm.ToDo} {page}",
                }),
            };
            // The response body is not read: it may be large.
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            return answer.IsSuccessStatusCode ? null : ($"the webhook answered {(int)answer.StatusCode}", MayTryAgain(answer.StatusCode));
        }
        catch (HttpRequestException failure)
        {
            return ($"the webhook cannot be reached ({failure.HttpRequestError})", true);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (string.Create(CultureInfo.InvariantCulture, $"the webhook did not answer within {AnswerTimeout.TotalSeconds} seconds"), true);
        }
    }

    public void Dispose() => client.Dispose();

    private static bool MayTryAgain(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or (HttpStatusCode)425;
}
