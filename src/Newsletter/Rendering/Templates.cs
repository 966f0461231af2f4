using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Razor.Language;
using Microsoft.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using RazorLight;
using RazorLight.Compilation;
using RazorLight.Extensions;
using RazorLight.Generation;
using RazorLight.Razor;

namespace Newsletter.Rendering;

/// <summary>
/// A set of templates, compiled by RazorLight. Templates are code: only operators may write them, as files. Each template becomes an
/// assembly that stays loaded until the process ends.
/// </summary>
public sealed class Templates
{
    /// <summary>
    /// Namespaces imported in every template. Operators' templates, and those stored with editions, use the aliases before the "=", so keep
    /// the aliases unchanged.
    /// </summary>
    private static readonly HashSet<string> Namespaces =
    [
        "Newsletter.Items", "Newsletter.Rendering", "Newsletter.Mime", "Mark = Newsletter.Mime.Placeholder", "OutsideText = Newsletter.Mime.UntrustedText",
    ];

    /// <summary>Cache by hash of the texts. Compiled templates are never unloaded, so compiling the same texts again would only cost memory.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<IEngineHandler>> Engines = new();

    private readonly IEngineHandler engine;

    /// <summary>Uses the templates next to the program.</summary>
    public Templates()
        : this(TemplateSources.Read())
    {
    }

    public Templates(TemplateSources sources)
    {
        Sources = sources;
        engine = Engines.GetOrAdd(sources.Hash, _ => new(() => EngineOf(sources))).Value;
    }

    public TemplateSources Sources { get; }

    /// <summary>
    /// Compiles all templates, which takes about two seconds. Call it at start, so that no mail waits for compilation and errors are found
    /// early.
    /// </summary>
    /// <exception cref="Refusal">Invalid: a template does not compile; names file, line and reason.</exception>
    public async Task CompileAllAsync()
    {
        foreach (var name in Sources.Names)
        {
            await CompileAsync(name);
        }
    }

    /// <exception cref="Refusal">Invalid: the template is missing or does not compile; names file, line and reason.</exception>
    public Task CompileAsync(string name) => PageAsync(name);

    /// <param name="name">File name: <c>Digest.text.cshtml</c>.</param>
    /// <param name="model">Must have the type named in the template's <c>@inherits</c>.</param>
    /// <exception cref="Refusal">Invalid: the template is missing, does not compile, or throws.</exception>
    public async Task<string> RenderAsync<TModel>(string name, TModel model)
    {
        var page = await PageAsync(name);
        try
        {
            return await engine.RenderTemplateAsync(page, model);
        }
        catch (Exception failure) when (failure is not Refusal)
        {
            throw Refusal.Invalid($"Template {Sources.PathOf(name)} fails: {failure.Message}", failure);
        }
    }

    private async Task<ITemplatePage> PageAsync(string name)
    {
        try
        {
            return await engine.CompileTemplateAsync(name);
        }
        catch (TemplateNotFoundException)
        {
            throw Refusal.Invalid($"There is no template {name}.");
        }
        catch (TemplateGenerationException wrong) when (wrong.Diagnostics.FirstOrDefault() is { } first)
        {
            throw Refusal.Invalid($"Template {Sources.PathOf(name)}, line {first.Span.LineIndex + 1}: {first.GetMessage(null)}");
        }
        catch (TemplateCompilationException wrong) when (wrong.CompilationDiagnostics.FirstOrDefault() is { } first)
        {
            // Errors in directives such as @inherits have no mapped line; directives are on the first line.
            var line = first.LineSpan is { HasMappedPath: true } span ? span.StartLinePosition.Line + 1 : 1;
            throw Refusal.Invalid($"Template {Sources.PathOf(name)}, line {line}: {first.ErrorMessage}");
        }
    }

    private static IEngineHandler EngineOf(TemplateSources sources)
    {
        // RazorLight exposes its Razor engine only through its own service collection.
        var services = new ServiceCollection();
        services.AddSingleton<RazorLightProject>(new Project(sources));
        services.AddSingleton<IMetadataReferenceManager>(new RuntimeReferences());
        services.AddSingleton(own => new RazorSourceGenerator(
            own.GetRequiredService<RazorEngine>(), own.GetRequiredService<RazorLightProject>(), Namespaces));
        services.AddRazorLight();
        services.Configure<RazorLightOptions>(options => options.OperatingAssembly = typeof(Templates).Assembly);
        return services.BuildServiceProvider().GetRequiredService<IEngineHandler>();
    }

    /// <summary>Gives RazorLight the texts as read at start: the appearance of mails must not change while the program runs.</summary>
    private sealed class Project(TemplateSources sources) : RazorLightProject
    {
        public override Task<RazorLightProjectItem> GetItemAsync(string templateKey) =>
            Task.FromResult<RazorLightProjectItem>(new Item(templateKey, sources.Find(templateKey)));

        public override Task<IEnumerable<RazorLightProjectItem>> GetImportsAsync(string templateKey) =>
            Task.FromResult<IEnumerable<RazorLightProjectItem>>([]);
    }

    private sealed class Item(string key, string? text) : RazorLightProjectItem
    {
        public override string Key => key;

        public override bool Exists => text is not null;

        public override Stream Read() => new MemoryStream(Encoding.UTF8.GetBytes(text!));
    }

    /// <summary>
    /// The assemblies that templates may reference, found in the runtime's list of trusted assemblies. RazorLight's default needs the entry
    /// assembly's reference folder, which a program has only with PreserveCompilationContext, and a test host never.
    /// </summary>
    private sealed class RuntimeReferences : IMetadataReferenceManager
    {
        // Each assembly costs memory and time at every start.
        private static readonly HashSet<string> Wanted =
        [
            "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Linq.Expressions", "Microsoft.CSharp",
            "System.Text.Encodings.Web", "Microsoft.AspNetCore.Html.Abstractions", "Microsoft.AspNetCore.Razor", "Microsoft.AspNetCore.Razor.Runtime",
            "RazorLight", "Newsletter",
        ];

        // Shared by all instances: older sets of templates are compiled in addition to the current one.
        private static readonly Lazy<IReadOnlyList<MetadataReference>> Found = new(() =>
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Wanted.Contains(Path.GetFileNameWithoutExtension(path)))
                .Select(path => MetadataReference.CreateFromFile(path))]);

        public HashSet<MetadataReference> AdditionalMetadataReferences { get; } = [];

        public IReadOnlyList<MetadataReference> Resolve(System.Reflection.Assembly assembly) => Found.Value;
    }
}
