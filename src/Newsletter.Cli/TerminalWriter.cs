using System.Text;

namespace Newsletter.Cli;

/// <summary>
/// Standard output or standard error of all commands. Whatever is echoed, and wherever from: line ends and tabs go on as they are,
/// and what else would steer a terminal is written as <see cref="TerminalText"/>. In JSON, where such characters stand in strings
/// only, this is an escape that means the same.
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

    // Line ends of Windows come from libraries.
    public override void Write(string? value) => console.Write(string.Join('\n', (value ?? "").Replace("\r\n", "\n", StringComparison.Ordinal)
        .Split('\n').Select(line => string.Join('\t', line.Split('\t').Select(TerminalText.Escape)))));

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void Flush() => console.Flush();
}
