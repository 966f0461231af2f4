using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Newsletter.Deliveries;
using Newsletter.Dkim;
using Newsletter.Sending;
using Newsletter.Smtp;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Faults;

/// <summary>A sender with connections of its own, beside those of the house; as far as database and relays can tell, a process of its own.</summary>
internal sealed class SendingRun : IDisposable
{
    private readonly SmtpPool pool;
    private readonly EditionSending sending;

    public SendingRun(TestProduct house, SmtpOptions smtp)
    {
        pool = new SmtpPool(Options.Create(smtp), house.Get<DkimSigner>(), house.Time, house.Get<RelayWatch>().NoteAsync);
        var services = house.Get<IServiceProvider>();
        var domains = ActivatorUtilities.CreateInstance<DomainLimits>(services, Options.Create(smtp));
        sending = ActivatorUtilities.CreateInstance<EditionSending>(services, pool, domains);
    }

    public Task RunAsync(long edition, CancellationToken stop = default) => sending.RunAsync(edition, TimeSpan.FromMinutes(1), stop);

    public void Dispose() => pool.Dispose();
}
