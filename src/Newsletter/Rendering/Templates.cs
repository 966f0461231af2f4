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
/// The templates of a folder, compiled by RazorLight. Templates are code: only operators may write them, as files.
/// Each becomes an assembly that stays until the process ends.
/// </summary>
public sealed class Templates
{
    /// <summary>Used by every template.</summary>
    private static readonly HashSet<string> Namespaces = ["Newsletter.Items", "Newsletter.Rendering"];

    private readonly string folder;
    private readonly IEngineHandler engine;

    /// <param name="folder">Not given: <c>templates</c> beside the program.</param>
    public Templates(string? folder = null)
    {
        this.folder = folder ?? Path.Combine(AppContext.BaseDirectory, "templates");

        // RazorLight hands out its Razor engine only by way of a service collection of its own.
        var services = new ServiceCollection();
        services.AddSingleton<RazorLightProject>(new FileSystemRazorProject(this.folder));
        services.AddSingleton<IMetadataReferenceManager>(new RuntimeReferences());
        services.AddSingleton(own => new RazorSourceGenerator(
            own.GetRequiredService<RazorEngine>(), own.GetRequiredService<RazorLightProject>(), Namespaces));
        services.AddRazorLight();
        services.Configure<RazorLightOptions>(options => options.OperatingAssembly = typeof(Templates).Assembly);
        engine = services.BuildServiceProvider().GetRequiredService<IEngineHandler>();
    }

    /// <summary>Compiles all templates, about two seconds in all, so that no mail waits for it and no mistake waits for a mail.</summary>
    /// <exception cref="Refusal">There are none, or one doesn't compile: file, line, reason.</exception>
    public async Task CompileAllAsync()
    {
        var names = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.cshtml").Select(path => Path.GetFileName(path)).Order().ToList() : [];
        if (names.Count == 0)
        {
            throw Refusal.Invalid($"There are no templates in {folder}.");
        }

        foreach (var name in names)
        {
            await PageAsync(name);
        }
    }

    /// <param name="name">File name: <c>Digest.text.cshtml</c>.</param>
    /// <param name="model">Of the type the template's <c>@inherits</c> names.</param>
    /// <exception cref="Refusal">The template is not there or doesn't compile.</exception>
    public async Task<string> RenderAsync<TModel>(string name, TModel model) =>
        await engine.RenderTemplateAsync(await PageAsync(name), model);

    private async Task<ITemplatePage> PageAsync(string name)
    {
        try
        {
            return await engine.CompileTemplateAsync(name);
        }
        catch (TemplateNotFoundException)
        {
            throw Refusal.Invalid($"There is no template {name} in {folder}.");
        }
        catch (TemplateGenerationException wrong) when (wrong.Diagnostics.FirstOrDefault() is { } first)
        {
            throw Refusal.Invalid($"Template {name}, line {first.Span.LineIndex + 1}: {first.GetMessage(null)}");
        }
        catch (TemplateCompilationException wrong) when (wrong.CompilationDiagnostics.FirstOrDefault() is { } first)
        {
            // A directive such as @inherits isn't mapped to its line; it stands on the first.
            var line = first.LineSpan is { HasMappedPath: true } span ? span.StartLinePosition.Line + 1 : 1;
            throw Refusal.Invalid($"Template {name}, line {line}: {first.ErrorMessage}");
        }
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

        public HashSet<MetadataReference> AdditionalMetadataReferences { get; } = [];

        public IReadOnlyList<MetadataReference> Resolve(System.Reflection.Assembly assembly) =>
            [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Wanted.Contains(Path.GetFileNameWithoutExtension(path)))
                .Select(path => MetadataReference.CreateFromFile(path))];
    }
}
