namespace Fairlead.Edge.Configuration;

/// <summary>One thing that can be set: its name in the file is its flag without the dash (spec section 2).</summary>
/// <param name="Key">Name, matched without regard to case.</param>
/// <param name="Kind">Shape of the value.</param>
/// <param name="Default">Default as text; empty for none.</param>
/// <param name="Help">One sentence: meaning, unit, range.</param>
internal sealed record EdgeSetting(string Key, SettingKind Kind, string Default, string Help)
{
    /// <summary>Whether a member of <c>links</c> may set it for itself.</summary>
    public bool PerLink { get; init; }

    /// <summary>Whether its value is never shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether only the command line has it.</summary>
    public bool FlagOnly { get; init; }

    /// <summary>Whether a reload changes it in the running process; the others need a restart.</summary>
    public bool Hot { get; init; }

    /// <summary>Whether the cloud may change it through the shadow <c>edge-config</c> (spec section 17.12).</summary>
    public bool Remote { get; init; }

    /// <summary>The only values allowed; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Least value of a number.</summary>
    public double Least { get; init; }

    /// <summary>Greatest value of a number.</summary>
    public double Most { get; init; } = long.MaxValue;

    /// <summary>Environment variable that sets it below the file; null for none.</summary>
    public string? Variable { get; init; }

    /// <summary>Exit code for a value that is not among <see cref="Choices"/>; 1 as for every fault of the configuration, 2 for the log level.</summary>
    public int ExitCode { get; init; } = 1;
}
