using System.Text;

namespace Newsletter.Cli;

/// <summary>
/// Standard output or standard error of all commands. Line breaks and tabs pass; all other characters that control a terminal are escaped as in
/// <see cref="TerminalText"/>, whatever the source of the text is. In JSON such characters occur only in strings, where this escape means the
/// same.
/// </summary>
internal sealed class TerminalWriter : TextWriter
{
    private readonly TextWriter console;

    public TerminalWriter(TextWriter console)
    {
        this.console = console;
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => console.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    // Windows line endings come from libraries.
    public override void Write(string? value) => console.Write(string.Join('\n', (value ?? "").Replace("\r\n", "\n", StringComparison.Ordinal)
        .Split('\n').Select(line => string.Join('\t', line.Split('\t').Select(TerminalText.Escape)))));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Flush() => console.Flush();
}
