namespace Fairlead.Edge.Configuration;

/// <summary>
/// Reads a command line in the syntax of Go's flag package, so that the unit of an existing installation starts unchanged: <c>-x v</c>,
/// <c>-x=v</c>, <c>--x v</c>; a switch needs no value (spec section 2).
/// </summary>
internal sealed class GoFlags
{
    private readonly List<(EdgeSetting Setting, string Text)> _given = [];
    private readonly List<ConfigurationProblem> _problems = [];

    /// <summary>What was given, in order.</summary>
    public IReadOnlyList<(EdgeSetting Setting, string Text)> Given => _given;

    /// <summary>What cannot be understood.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    /// <summary>Whether help was asked for.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>Whether the version was asked for.</summary>
    public bool WantsVersion => _given.LastOrDefault(given => given.Setting.Key == "version") is { Setting: not null, Text: "true" };

    /// <summary>Whether output is to be JSON (<c>--json</c>, for the verbs that print).</summary>
    public bool WantsJson { get; private set; }

    /// <summary>The file named last; null when none is.</summary>
    public string? ConfigFile => _given.LastOrDefault(given => given.Setting.Key == "configFile").Text is { Length: > 0 } file ? file : null;

    /// <summary>Reads a command line.</summary>
    public static GoFlags Parse(IReadOnlyList<string> arguments)
    {
        var flags = new GoFlags();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.Length < 2 || argument[0] != '-')
            {
                flags.Refuse("", $"\"{argument}\" is not a flag");
                break;
            }

            if (argument == "--") break;
            if (!flags.Take(argument[1] == '-' ? argument[2..] : argument[1..], arguments, ref i)) break;
        }

        return flags;
    }

    private bool Take(string flag, IReadOnlyList<string> arguments, ref int at)
    {
        int equals = flag.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? flag : flag[..equals];
        if (name is "h" or "help" or "?")
        {
            WantsHelp = true;
            return false;
        }

        if (name == "json")
        {
            WantsJson = true;
            return true;
        }

        if ((name == "config" ? EdgeValues.Find("configFile") : FindExact(name)) is not { } setting)
            return Refuse(name, "there is no such flag");
        if (setting.Kind == SettingKind.Json)
            return Refuse(name, "can be set in the file alone");
        if (equals >= 0)
        {
            Add(setting, flag[(equals + 1)..]);
        }
        else if (setting.Kind == SettingKind.Flag)
        {
            Add(setting, "true");
        }
        else if (at + 1 < arguments.Count)
        {
            Add(setting, arguments[++at]);
        }
        else
        {
            return Refuse(name, "needs a value");
        }

        return true;
    }

    // As Go does: true, T, 1 and the like are all true.
    private void Add(EdgeSetting setting, string text)
    {
        if (setting.Kind == SettingKind.Flag)
        {
            text = text switch
            {
                "1" or "t" or "T" or "TRUE" or "True" => "true",
                "0" or "f" or "F" or "FALSE" or "False" => "false",
                _ => text,
            };
        }

        _given.Add((setting, text));
        if (setting.Key is not ("address" or "localAddress") || text.Length == 0) return;
        if (EdgeAddress.FindFault(text) is { } fault) Refuse(setting.Key, fault);
    }

    private bool Refuse(string name, string text)
    {
        _problems.Add(ConfigurationProblem.Usage(name, text));
        return false;
    }

    // Flags are matched exactly, keys of the file without regard to case: both as Go does.
    private static EdgeSetting? FindExact(string name) => EdgeValues.Find(name) is { } setting && setting.Key == name ? setting : null;
}
