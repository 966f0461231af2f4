using Newsletter.Rendering;

namespace Newsletter.Tests.Rendering;

public sealed class TemplatesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("templates").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task All_templates_compile() => await Rendered.Templates.CompileAllAsync();

    [Theory]
    [InlineData("@inherits HtmlPage<DigestModel>\n<p>\n@Model.Nothing</p>", "line 3", "Nothing")]
    [InlineData("@inherits HtmlPage<NoSuchModel>\n<p></p>", "line 1", "NoSuchModel")]
    [InlineData("@inherits HtmlPage<DigestModel>\n@if (true) {\n<p>", "line 2", "if")]
    public async Task A_template_that_does_not_compile_is_refused_with_file_line_and_reason(string template, string line, string reason)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "Broken.cshtml"), template);
        var refusal = await Assert.ThrowsAsync<Refusal>(() => new Templates(TemplateSources.Read(folder)).CompileAllAsync());
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
        Assert.StartsWith($"Template {Path.Combine(folder, "Broken.cshtml")}, {line}: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_templates_and_a_missing_template_are_refused()
    {
        Assert.Contains(folder, Assert.Throws<Refusal>(() => TemplateSources.Read(folder)).Message, StringComparison.Ordinal);
        Assert.Contains("nowhere", Assert.Throws<Refusal>(() => TemplateSources.Read(Path.Combine(folder, "nowhere"))).Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<Refusal>(() => Rendered.Templates.RenderAsync("None.cshtml", Rendered.Weekly));
        Assert.Contains("None.cshtml", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operators_file_stands_in_place_of_ours_and_the_others_stay()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "_Layout.cshtml"), "@inherits HtmlPage<LetterModel>\n<main>@RenderBody()</main>");
        var (ours, both) = (TemplateSources.Read(), TemplateSources.Read(folder));
        Assert.Equal(ours.Names, both.Names);
        Assert.NotEqual(ours.Hash, both.Hash);
        var model = new NoticeModel { Name = "News", Url = "https://x.example/", PublicUrl = "https://x.example", PostalAddress = "" };
        var page = await new Templates(both).RenderAsync("ConfirmSubscription.cshtml", model);
        Assert.StartsWith("<main>", page.TrimStart(), StringComparison.Ordinal);
        Assert.Contains("Confirm subscription", page, StringComparison.Ordinal);
        Assert.Equal(both.Hash, TemplateSources.Parse(both.ToJson()).Hash);

        await File.AppendAllTextAsync(Path.Combine(folder, "_Layout.cshtml"), "<!-- later -->");
        Assert.NotEqual(both.Hash, TemplateSources.Read(folder).Hash);
    }

    [Fact]
    public async Task What_a_template_writes_is_data_unless_it_is_a_mark()
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "A.cshtml"),
            "@inherits HtmlPage<DigestModel>\n<a href=\"@Model.Name\" title='@Model.Name'>@Model.Name@Mark.Name@(1.5)</a>");
        await File.WriteAllTextAsync(Path.Combine(folder, "A.text.cshtml"), "@inherits TextPage<DigestModel>\n@Model.Name@Mark.Name");
        var templates = new Templates(TemplateSources.Read(folder));
        var model = Rendered.Weekly with { Name = "<é'\"\uE005\u0007&>" };
        Assert.Equal(
            "<a href=\"&lt;é&#39;&quot;&amp;&gt;\" title='&lt;é&#39;&quot;&amp;&gt;'>&lt;é&#39;&quot;&amp;&gt;\uE0061.5</a>",
            (await templates.RenderAsync("A.cshtml", model)).Trim());
        Assert.Equal("<é'\"&>\uE006", (await templates.RenderAsync("A.text.cshtml", model)).Trim());
    }
}
