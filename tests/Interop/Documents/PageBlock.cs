namespace Fairlead.Interop.Documents;

/// <summary>A fenced block of a page, with what the comments before it say.</summary>
/// <param name="Line">Line of its first line of text, from 1.</param>
/// <param name="Language">What stands behind the fence, such as <c>sh</c>; empty for none.</param>
/// <param name="Text">Its text, each line with its end.</param>
/// <param name="Notes">The comments, in order.</param>
public sealed record PageBlock(int Line, string Language, string Text, IReadOnlyList<string> Notes)
{
    /// <summary>Whether it holds commands.</summary>
    public bool IsCommands => Language == "sh";

    /// <summary>Why it is not run; null when it is. <c>&lt;!-- not run: REASON --&gt;</c></summary>
    public string? NotRun => Note("not run:");

    /// <summary>Whether it belongs into a terminal of its own, where it goes on while the page does. <c>&lt;!-- second terminal --&gt;</c></summary>
    public bool IsSecondTerminal => Notes.Any(static note => note.StartsWith("second terminal", StringComparison.Ordinal));

    /// <summary>A command that succeeds as soon as the second terminal is ready; null when that is once the hub has one subscription more.</summary>
    public string? ReadyWhen => Note("second terminal, ready when:");

    /// <summary>What its output must have somewhere. <c>&lt;!-- prints: TEXT --&gt;</c></summary>
    public IReadOnlyList<string> Prints => [.. NotesOf("prints:")];

    /// <summary>Commands that the reader is not shown, run before it. <c>&lt;!-- first: COMMAND --&gt;</c></summary>
    public IReadOnlyList<string> First => [.. NotesOf("first:")];

    /// <summary>Whether a hub and its environment for AWS tools are there from here on, as the page takes for granted. <c>&lt;!-- with a hub --&gt;</c></summary>
    public bool NeedsHub => Notes.Contains("with a hub");

    /// <summary>Exit code of its last command. <c>&lt;!-- exit code: N --&gt;</c></summary>
    public int ExitCode => int.Parse(Note("exit code:") ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Name of the file that the reader is told to make of it; null for none. <c>&lt;!-- file: NAME --&gt;</c></summary>
    public string? File => Note("file:");

    private string? Note(string name) => NotesOf(name).FirstOrDefault();

    private IEnumerable<string> NotesOf(string name) =>
        Notes.Where(note => note.StartsWith(name, StringComparison.Ordinal)).Select(note => note[name.Length..].Trim());
}
