using Fairlead.Features.Api;

namespace Fairlead.Features.Console;

/// <summary>What the console asks of the program that the hub runs in.</summary>
internal interface IConsoleHost
{
    /// <summary>Listeners, certificates, users and the configuration in force.</summary>
    ConsoleSettingsDocument Settings();

    /// <summary>What the built-in ring remembers.</summary>
    /// <param name="seconds">Length of the window: 900, 3,600 or 86,400.</param>
    MetricHistoryDocument Metrics(int seconds);

    /// <summary>Makes a link that signs in once.</summary>
    LinkDocument MakeLink(HubRole role);

    /// <summary>Makes a user or changes password and role of one.</summary>
    /// <exception cref="ApiException">It cannot be done.</exception>
    void SetUser(string name, string password, HubRole role);

    /// <summary>Removes a user; false when there was none.</summary>
    bool RemoveUser(string name);
}

/// <summary>A listener.</summary>
internal sealed record ListenerDocument(string Url, string Kind, bool Plaintext, bool Loopback);

/// <summary>A certificate of the server.</summary>
internal sealed record ServerCertificateDocument(string Subject, long EndsAt);

/// <summary>A user; a fixed one is given by the configuration.</summary>
internal sealed record UserDocument(string Name, string? Role, bool Fixed);

/// <summary>A setting with its origin; secrets are stars.</summary>
internal sealed record SettingDocument(string Key, IReadOnlyList<string> Values, string Origin, string Description);

/// <summary>The page of settings.</summary>
internal sealed record ConsoleSettingsDocument(
    string Version, bool DevMode, string Data, long StartedAt, IReadOnlyList<ListenerDocument> Listeners, IReadOnlyList<ServerCertificateDocument> Certificates,
    IReadOnlyList<UserDocument> Users, IReadOnlyList<SettingDocument> Settings);

/// <summary>One series of a metric: values in the order of <c>times</c>; null where there was none yet.</summary>
internal sealed record MetricSeriesDocument(string Name, string Kind, string Unit, string Help, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<double?> Values);

/// <summary>What the ring remembers of a window.</summary>
internal sealed record MetricHistoryDocument(int Step, IReadOnlyList<long> Times, IReadOnlyList<MetricSeriesDocument> Series);

/// <summary>A user to make or change.</summary>
internal sealed record UserInput(string? Password, string? Role);
