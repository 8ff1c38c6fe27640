namespace Fairlead.Verbs.Demo;

/// <summary>What a step has done so far: commands, deeds of devices, and what was found true, each told when it happens.</summary>
internal sealed class DemoRecord(DemoNarrator narrator)
{
    private readonly List<string> _commands = [];
    private readonly List<string> _checks = [];

    /// <summary>The commands, as a person would type them.</summary>
    public IReadOnlyList<string> Commands => _commands;

    /// <summary>What was found true, with what was measured.</summary>
    public IReadOnlyList<string> Checks => _checks;

    /// <summary>The last thing begun, for a step that does not end.</summary>
    public string Last { get; private set; } = "the start";

    /// <summary>A command that is run now.</summary>
    public void Command(string line)
    {
        _commands.Add(line);
        Last = line;
        narrator.Command(line);
    }

    /// <summary>What a device or a person does now.</summary>
    public void Deed(string text)
    {
        Last = text;
        narrator.Deed(text);
    }

    /// <summary>Something printed that is worth to be read, such as a mail.</summary>
    public void Quote(string text) => narrator.Quote(text);

    /// <summary>Something that was found true.</summary>
    public void Check(string text)
    {
        _checks.Add(text);
        narrator.Check(text);
    }

    /// <summary>Ends the step when something is not as it should be.</summary>
    /// <param name="isTrue">Whether it is.</param>
    /// <param name="expected">What should be.</param>
    /// <param name="found">What is.</param>
    /// <exception cref="VerbException">It is not.</exception>
    public void Require(bool isTrue, string expected, string found)
    {
        if (!isTrue) throw new VerbException(ExitCode.Failed, expected, found, "This should not happen: run fairlead demo again, and report it with what is above");
    }
}
