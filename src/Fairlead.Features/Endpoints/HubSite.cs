namespace Fairlead.Features.Endpoints;

/// <summary>What the host knows and tools ask for: where the hub listens, and whom its clients have to trust. Known once it listens.</summary>
internal sealed class HubSite
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Version of the program.</summary>
    public string Version { get; set; } = "";

    /// <summary>Addresses on which it listens, such as <c>mqtts://0.0.0.0:8883</c>.</summary>
    public IReadOnlyList<string> Listeners { get; set; } = [];

    /// <summary>PEM of the authority behind the server's certificate; null when the certificate is not of the hub's own making.</summary>
    public string? RootCa { get; set; }

    /// <summary>Name under which clients of the Azure dialect shall know the hub; null for the one by which they reach it.</summary>
    public string? IotHubHost { get; set; }

    /// <summary>Whether this is a developer's hub.</summary>
    public bool DevMode { get; set; }

    /// <summary>Done once the rest is known.</summary>
    public Task Opened => _opened.Task;

    /// <summary>The rest is known.</summary>
    public void Open() => _opened.TrySetResult();
}
