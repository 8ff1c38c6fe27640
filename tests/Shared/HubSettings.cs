namespace Fairlead.Shared;

/// <summary>How a test wants its hub.</summary>
public sealed record HubSettings
{
    /// <summary>The verb that runs it: <c>hub</c>, or <c>dev</c> for a developer's.</summary>
    public string Verb { get; init; } = "hub";

    /// <summary>The <c>--listen</c> URLs; port 0 takes a free one.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["mqtt://127.0.0.1:0"];

    /// <summary>False leaves <c>--allow-anonymous</c> out.</summary>
    public bool AllowAnonymous { get; init; } = true;

    /// <summary>An existing data directory; null makes one that goes away with the hub.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Further arguments, as on the command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables added for the hub.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}
