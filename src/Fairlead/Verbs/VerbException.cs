namespace Fairlead.Verbs;

/// <summary>Ends a verb: what failed, why, what to do, and the exit code.</summary>
internal sealed class VerbException(int exitCode, string what, string why, string cure) : Exception($"{what}: {why}. {cure}.")
{
    public int ExitCode { get; } = exitCode;

    public string What { get; } = what;

    public string Why { get; } = why;

    public string Cure { get; } = cure;

    /// <summary>Name of the error in the hub's API; null for none.</summary>
    public string? Code { get; init; }

    /// <summary>A command line that cannot be.</summary>
    public static VerbException Usage(string what, string why, string cure) => new(Verbs.ExitCode.Usage, what, why, cure);
}
