using System.CommandLine;
using System.Text;

namespace Fairlead.Verbs.Messaging;

/// <summary>Where payloads come from: exactly one of <c>-m -f -l -n -s</c>.</summary>
internal sealed class PayloadFlags
{
    private readonly Option<string?> _message = new("--message", "-m") { Description = "The payload.", HelpName = "text" };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "The content of a file is the payload.", HelpName = "file" };
    private readonly Option<bool> _lines = new("--stdin-line", "-l") { Description = "Each line of stdin is a message." };
    private readonly Option<bool> _none = new("--null-message", "-n") { Description = "Empty payload." };
    private readonly Option<bool> _stdin = new("--stdin-file", "-s") { Description = "All of stdin is the payload." };

    private bool _hasLines;

    public void AddTo(Command command, bool withLines)
    {
        foreach (var option in new Option[] { _message, _file, _none, _stdin })
            command.Options.Add(option);
        _hasLines = withLines;
        if (withLines)
            command.Options.Add(_lines);
    }

    /// <summary>Whether each line of stdin is a message of its own.</summary>
    public bool IsLines(ParseResult result) => result.GetResult(_lines) is { Implicit: false } && result.GetValue(_lines);

    /// <summary>Checks that there is exactly one source, before anything is connected.</summary>
    public void Check(ParseResult result)
    {
        int sources = (result.GetValue(_message) is not null ? 1 : 0)
            + (result.GetValue(_file) is not null ? 1 : 0)
            + (IsLines(result) ? 1 : 0)
            + (result.GetValue(_none) ? 1 : 0)
            + (result.GetValue(_stdin) ? 1 : 0);
        if (sources != 1)
        {
            throw VerbException.Usage(
                "cannot tell what to send",
                sources == 0 ? "no payload is given" : "more than one payload is given",
                _hasLines ? "Give one of -m TEXT, -f FILE, -n (empty), -s (all of stdin) or -l (each line of stdin)" : "Give one of -m TEXT, -f FILE, -n (empty) or -s (all of stdin)");
        }
    }

    /// <summary>The one payload.</summary>
    public async Task<byte[]> ReadAsync(ParseResult result, Terminal terminal, CancellationToken cancellationToken)
    {
        if (result.GetValue(_message) is { } text)
            return Encoding.UTF8.GetBytes(text);
        if (result.GetValue(_file) is { } file)
            return await ReadFileAsync(file, cancellationToken);
        if (result.GetValue(_none))
            return [];
        using var all = new MemoryStream();
        await terminal.Input.CopyToAsync(all, cancellationToken);
        return all.ToArray();
    }

    private static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string why = File.Exists(file) ? exception.Message.TrimEnd('.') : "the file does not exist";
            throw VerbException.Usage($"cannot read {file}", why, "Give a file that this user may read with -f");
        }
    }
}
