using Microsoft.Win32.SafeHandles;

namespace Fairlead.Verbs;

/// <summary>What a verb reads from and writes to: the process's own streams, or those of a test.</summary>
internal sealed record Terminal
{
    /// <summary>Data; buffered, flushed at the end of each verb.</summary>
    public required Stream Output { get; init; }

    /// <summary>Talk.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Input.</summary>
    public required Stream Input { get; init; }

    /// <summary>Whether talk goes to a person, who likes progress and colour.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether data goes to a person, who likes columns that stand under each other.</summary>
    public bool IsOutputInteractive { get; init; }

    /// <summary>Whether a person can answer questions.</summary>
    public bool IsInputInteractive { get; init; }

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>That of this process.</summary>
    public static Terminal OfProcess() => new()
    {
        Output = new BufferedStream(OpenOutput(), 64 * 1024),
        Error = Console.Error,
        Input = Console.OpenStandardInput(),
        IsInteractive = !Console.IsErrorRedirected && System.Environment.GetEnvironmentVariable("TERM") != "dumb",
        IsOutputInteractive = !Console.IsOutputRedirected,
        IsInputInteractive = !Console.IsInputRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
    };

    /// <summary>The console's own stream swallows a broken pipe; `fairlead sub | head -1` would then go on for ever.</summary>
    private static Stream OpenOutput()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            if (!pipe.CanSeek)
                return pipe;
        }

        return Console.OpenStandardOutput();
    }
}
