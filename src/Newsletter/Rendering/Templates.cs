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
/// A set of templates, compiled by RazorLight. Templates are code: only operators may write them, as files.
/// Each becomes an assembly that stays until the process ends.
/// </summary>
public sealed class Templates
{
    /// <summary>Used by every template.</summary>
    private static readonly HashSet<string> Namespaces = ["Newsletter.Items", "Newsletter.Rendering"];

    /// <summary>By hash. What was compiled stays anyway, so that the same texts need not be compiled again in this process.</summary>
    private static readonly ConcurrentDictionary<string, Lazy<IEngineHandler>> Engines = new();

    private readonly IEngineHandler engine;

    /// <summary>Those beside the program.</summary>
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

    /// <summary>Compiles all templates, about two seconds in all, so that no mail waits for it and no mistake waits for a mail.</summary>
    /// <exception cref="Refusal">One doesn't compile: file, line, reason.</exception>
    public async Task CompileAllAsync()
    {
        foreach (var name in Sources.Names)
        {
            await CompileAsync(name);
        }
    }

    /// <exception cref="Refusal">It is not there, or doesn't compile: file, line, reason.</exception>
    public Task CompileAsync(string name) => PageAsync(name);

    /// <param name="name">File name: <c>Digest.text.cshtml</c>.</param>
    /// <param name="model">Of the type the template's <c>@inherits</c> names.</param>
    /// <exception cref="Refusal">The template is not there, doesn't compile, or throws.</exception>
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
            // A directive such as @inherits isn't mapped to its line; it stands on the first.
            var line = first.LineSpan is { HasMappedPath: true } span ? span.StartLinePosition.Line + 1 : 1;
            throw Refusal.Invalid($"Template {Sources.PathOf(name)}, line {line}: {first.ErrorMessage}");
        }
    }

    private static IEngineHandler EngineOf(TemplateSources sources)
    {
        // RazorLight hands out its Razor engine only by way of a service collection of its own.
        var services = new ServiceCollection();
        services.AddSingleton<RazorLightProject>(new Project(sources));
        services.AddSingleton<IMetadataReferenceManager>(new RuntimeReferences());
        services.AddSingleton(own => new RazorSourceGenerator(
            own.GetRequiredService<RazorEngine>(), own.GetRequiredService<RazorLightProject>(), Namespaces));
        services.AddRazorLight();
        services.Configure<RazorLightOptions>(options => options.OperatingAssembly = typeof(Templates).Assembly);
        return services.BuildServiceProvider().GetRequiredService<IEngineHandler>();
    }

    /// <summary>Gives RazorLight the texts as they were read: what a mail looks like doesn't change while the program runs.</summary>
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
    /// What templates may refer to, from the runtime's own list. RazorLight's way needs the entry assembly's reference folder,
    /// which a program gets only with PreserveCompilationContext and a test host never.
    /// </summary>
    private sealed class RuntimeReferences : IMetadataReferenceManager
    {
        // Each one costs memory and time at every start.
        private static readonly HashSet<string> Wanted =
        [
            "System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Linq.Expressions", "Microsoft.CSharp",
            "System.Text.Encodings.Web", "Microsoft.AspNetCore.Html.Abstractions", "Microsoft.AspNetCore.Razor", "Microsoft.AspNetCore.Razor.Runtime",
            "RazorLight", "Newsletter",
        ];

        // Read once: old sets of templates are compiled beside today's.
        private static readonly Lazy<IReadOnlyList<MetadataReference>> Found = new(() =>
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Wanted.Contains(Path.GetFileNameWithoutExtension(path)))
                .Select(path => MetadataReference.CreateFromFile(path))]);

        public HashSet<MetadataReference> AdditionalMetadataReferences { get; } = [];

        public IReadOnlyList<MetadataReference> Resolve(System.Reflection.Assembly assembly) => Found.Value;
    }
}
