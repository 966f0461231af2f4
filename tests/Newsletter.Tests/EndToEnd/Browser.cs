using Microsoft.Playwright;

namespace Newsletter.Tests.EndToEnd;

/// <summary>The Chromium of this machine. Without one the tests that need it fail, and say so: they are not skipped.</summary>
public sealed class Browser : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>One that only one test uses. Others share the fixture of their collection: a start takes seconds of the processor.</summary>
    public static async Task<Browser> StartAsync()
    {
        var started = new Browser();
        await started.InitializeAsync();
        return started;
    }

    public async Task InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Find(),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
                // Fewer processes: each takes half a second of the processor, and all pages are our own.
                "--disable-site-isolation-trials", "--renderer-process-limit=1", "--in-process-gpu",
            ],
        });
    }

    /// <summary>A window with cookies of its own.</summary>
    public Task<IBrowserContext> OpenAsync(string site, int width = 1280, ColorScheme colours = ColorScheme.Light, string? client = null) =>
        browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = site,
            ColorScheme = colours,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ExtraHTTPHeaders = client is null ? null : [new("X-Forwarded-For", client)],
        });

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }
        playwright?.Dispose();
    }

    private static string Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException(
            "Chromium is missing: './newsletter test' installs it on Debian and Ubuntu, elsewhere put chromium or google-chrome on the PATH.");
}
