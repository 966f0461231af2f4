using Microsoft.Extensions.Hosting;
using Newsletter.Subscribers;

namespace Newsletter.Web;

/// <summary>
/// Handles the sign-ups that this process has taken, each second and not at once: what is done for one must not slow down a
/// request that follows it. Workers handle what is left when a process ends.
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
            // The process ends.
        }
    }
}
