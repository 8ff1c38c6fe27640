using Fairlead.Interop;
using Fairlead.Shared;

[assembly: AssemblyFixture(typeof(HubFixture))]

namespace Fairlead.Interop;

/// <summary>One hub in the standard profile with every listener, shared by all tests: they keep apart by topic and Client Identifier.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    private DirectoryInfo? _kitFolder;

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>A client certificate of the hub's own authority, which may do everything.</summary>
    public DeviceKit Kit { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen =
            [
                "mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "tls://127.0.0.1:0",
                "ws://127.0.0.1:0/mqtt", "wss://127.0.0.1:0/mqtt", "http://127.0.0.1:0",
            ],
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
