namespace Fairlead.Server.Configuration;

/// <summary>Where configuration comes from, besides the built-in defaults; later ones win.</summary>
public sealed record ConfigurationInputs
{
    /// <summary>Whether the defaults are those of <c>fairlead dev</c>.</summary>
    public bool DevMode { get; init; }

    /// <summary>Directory whose <c>*.json</c> files are read in the order of their names.</summary>
    public string Directory { get; init; } = "/etc/fairlead/conf.d";

    /// <summary>Further files, read after the directory.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Environment variables; those that start with <c>FAIRLEAD__</c> count.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Values given on the command line.</summary>
    public IReadOnlyList<FlagValue> Flags { get; init; } = [];
}

/// <summary>One value given on the command line.</summary>
/// <param name="Flag">How it was given, such as <c>--listen</c> or <c>--set</c>.</param>
/// <param name="Key">Key of the setting.</param>
/// <param name="Value">Value; several with the same key make a list.</param>
public readonly record struct FlagValue(string Flag, string Key, string Value);
