namespace Fairlead.Edge.Configuration;

/// <summary>Something in the configuration that cannot be used, or that should be known.</summary>
/// <param name="Key">The setting; empty for the whole.</param>
/// <param name="Text">What is wrong, and what to do.</param>
/// <param name="ExitCode">Exit code of a process that cannot start because of it; 0 for a warning.</param>
internal sealed record ConfigurationProblem(string Key, string Text, int ExitCode)
{
    /// <summary>A remark that stops nothing.</summary>
    public static ConfigurationProblem Warning(string key, string text) => new(key, text, 0);

    /// <summary>A fault: exit code 1.</summary>
    public static ConfigurationProblem Fault(string key, string text) => new(key, text, 1);

    /// <summary>A fault of the command line: exit code 2.</summary>
    public static ConfigurationProblem Usage(string key, string text) => new(key, text, 2);

    /// <inheritdoc/>
    public override string ToString() => Key.Length == 0 ? Text : $"{Key}: {Text}";
}
