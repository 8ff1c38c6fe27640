namespace Fairlead.Server.Diagnosis;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>A hub runs with it, and somebody should know.</summary>
    Warn,

    /// <summary>A hub does not start, or does not do what it should.</summary>
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Area">What was looked at: <c>configuration</c>, <c>files</c>, <c>data</c>, <c>certificates</c>, <c>listeners</c> or <c>system</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">What was found, in one line.</param>
/// <param name="Cure">What to do; empty when there is nothing to do.</param>
public sealed record Finding(string Area, Severity Severity, string Text, string Cure)
{
    internal static Finding Ok(string area, string text) => new(area, Severity.Ok, text, "");

    internal static Finding Warn(string area, string text, string cure) => new(area, Severity.Warn, text, cure);

    internal static Finding Fail(string area, string text, string cure) => new(area, Severity.Fail, text, cure);
}
