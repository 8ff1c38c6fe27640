using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Fairlead.Verbs.Demo;

/// <summary>Tells the tour on standard output: for people as it goes, or for scripts one JSON object for each step.</summary>
internal sealed class DemoNarrator(Terminal terminal, bool json)
{
    /// <summary>Where the hub is, and what to type in a second terminal for the commands to work there.</summary>
    public void Begin(DemoStage stage)
    {
        if (json)
        {
            WriteJson(new JsonObject { ["event"] = "ready", ["url"] = stage.Url.AbsoluteUri, ["gateway"] = stage.GatewayUrl.AbsoluteUri, ["data"] = stage.Folder });
            return;
        }

        WriteLine("This is a tour on throw-away data: a hub and a gateway run in this program, devices come and go, and every figure is measured now.");
        WriteLine("To type the commands yourself, in a second terminal:");
        foreach (var (name, value) in stage.Variables) WriteLine($"  export {name}={value}");
    }

    /// <summary>A step begins.</summary>
    public void StartStep(int number, int count, IDemoStep step)
    {
        if (json) return;
        WriteLine("");
        WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number}/{count}  {step.Title}"));
        WriteLine($"  {step.Story}");
    }

    /// <summary>A command is run.</summary>
    public void Command(string line) => Tell($"  $ {line}");

    /// <summary>A device does something.</summary>
    public void Deed(string text) => Tell($"  - {text}");

    /// <summary>Something to read.</summary>
    public void Quote(string text)
    {
        foreach (string line in text.TrimEnd().ReplaceLineEndings("\n").Split('\n')) Tell($"    | {line}".TrimEnd());
    }

    /// <summary>Something was found true.</summary>
    public void Check(string text) => Tell($"  \u2713 {text}");

    /// <summary>A step has ended well.</summary>
    public void EndStep(IDemoStep step, DemoRecord record, Uri lookAt, TimeSpan took)
    {
        if (json) WriteJson(Describe(step, record, lookAt, took, isOk: true));
        else WriteLine($"  look at  {lookAt}\n           {step.LookAt}");
    }

    /// <summary>A step has failed.</summary>
    public void FailStep(IDemoStep step, DemoRecord record, Uri lookAt, TimeSpan took, VerbException problem)
    {
        if (json)
        {
            var document = Describe(step, record, lookAt, took, isOk: false);
            document["error"] = problem.What;
            document["why"] = problem.Why;
            document["do"] = problem.Cure;
            WriteJson(document);
            return;
        }

        WriteLine($"  \u2717 {problem.What}");
        WriteLine($"      why: {problem.Why}");
        WriteLine($"      do:  {problem.Cure}");
    }

    /// <summary>The tour is over.</summary>
    public void End(int passed, int count, string? console, bool stays)
    {
        if (json)
        {
            WriteJson(new JsonObject { ["event"] = "end", ["steps"] = count, ["ok"] = passed, ["console"] = console });
            return;
        }

        WriteLine("");
        WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} of {count} steps did what they should."));
        if (console is not null && stays) WriteLine($"  Console  {console}  (works once, 15 minutes)");
        if (stays) WriteLine("  Everything stays as it is until Ctrl-C; then its data goes.");
    }

    /// <summary>Asks for Enter.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        await terminal.Error.WriteAsync("\n  Enter goes on, Ctrl-C ends ");
        // A read from a terminal cannot be taken back: its thread is left behind when the tour ends instead.
        await Task.Run(ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
    }

    private static JsonObject Describe(IDemoStep step, DemoRecord record, Uri lookAt, TimeSpan took, bool isOk) => new()
    {
        ["event"] = "step",
        ["step"] = step.Name,
        ["title"] = step.Title,
        ["ok"] = isOk,
        ["milliseconds"] = Math.Round(took.TotalMilliseconds),
        ["commands"] = new JsonArray([.. record.Commands.Select(static line => (JsonNode)line)]),
        ["checks"] = new JsonArray([.. record.Checks.Select(static line => (JsonNode)line)]),
        ["lookAt"] = lookAt.AbsoluteUri,
    };

    private void ReadLine()
    {
        while (terminal.Input.ReadByte() is not (-1 or '\n'))
        {
            // What is typed before Enter means nothing.
        }
    }

    private void Tell(string line)
    {
        if (!json) WriteLine(line);
    }

    private void WriteJson(JsonObject document) => WriteLine(JsonText.Of(document));

    private void WriteLine(string line)
    {
        terminal.Output.Write(Encoding.UTF8.GetBytes(line + "\n"));
        terminal.Output.Flush();
    }
}
