namespace Fairlead.Verbs;

/// <summary>Exit codes of every verb; scripts rely on them.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Denied.</summary>
    public const int Denied = 3;

    /// <summary>Not found, or offline.</summary>
    public const int NotFound = 4;

    /// <summary>Timeout.</summary>
    public const int Timeout = 5;
}
