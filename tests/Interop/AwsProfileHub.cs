using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>A hub in the profile <c>aws</c>.</summary>
public sealed class AwsProfileHub : IAsyncLifetime
{
    private DirectoryInfo? _kitFolder;

    public HubProcess Hub { get; private set; } = null!;

    public DeviceKit Kit { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "tls://127.0.0.1:0", "http://127.0.0.1:0"],
            Arguments = ["--profile", "aws"],
        });
        _kitFolder = Directory.CreateTempSubdirectory("fairlead-kit-");
        Kit = await DeviceKit.IssueAsync("device", Hub, _kitFolder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        if (Hub is not null)
            await Hub.DisposeAsync();
        _kitFolder?.Delete(recursive: true);
    }
}
