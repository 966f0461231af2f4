using Microsoft.Extensions.Hosting;
using Newsletter.Membership;

namespace Newsletter.Web;

/// <summary>
/// Processes the sign-ups of this web process once a second. It does not process them immediately: the work for one sign-up must
/// not delay the next request, because its response time would then tell whether the address is known. Workers process the
/// sign-ups that are left when this process ends.
/// </summary>
internal sealed class SignUpQueueWorker(SignUpQueue queue, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await queue.ProcessOwnAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }
}
