using System.CommandLine;

namespace Fairlead.Verbs.Messaging;

/// <summary>How received messages are printed: <c>-v -F -N --pretty</c>, and <c>--json</c>.</summary>
internal sealed class PrintFlags
{
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Print topic and payload." };
    private readonly Option<string?> _format = new("--format", "-F")
    {
        Description = "Output format: %t topic, %p payload, %x hex, %j or %J JSON, %q QoS, %r retained, %I time ...; see docs/cli.md.",
        HelpName = "format",
    };

    private readonly Option<bool> _noEndOfLine = new("--no-eol", "-N") { Description = "No line end after each message." };
    private readonly Option<bool> _pretty = new("--pretty") { Description = "Indent JSON." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _verbose, _format, _noEndOfLine, _pretty })
            command.Options.Add(option);
    }

    public MessagePrinter Read(ParseResult result, TalkFlags.Settings talk, Terminal terminal, string verb)
    {
        string? format = result.GetValue(_format);
        if (format is not null && talk.Json)
            throw VerbException.Usage("cannot choose the output", "-F and --json exclude each other", "Give one of them; -F %j is the same JSON");
        var chosen = format is not null ? OutputFormat.Parse(format)
            : talk.Json ? OutputFormat.Json
            : result.GetValue(_verbose) ? OutputFormat.Verbose
            : OutputFormat.Payload;
        return new MessagePrinter(terminal, verb, talk, chosen, !result.GetValue(_noEndOfLine), result.GetValue(_pretty));
    }
}
