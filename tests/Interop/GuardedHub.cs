using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>A hub that lets nobody in without a user name and password, or a client certificate.</summary>
public sealed class GuardedHub : IAsyncLifetime
{
    public const string User = "alice";
    public const string Password = "open, sesame";

    private DirectoryInfo? _folder;

    public HubProcess Hub { get; private set; } = null!;

    public DeviceKit Kit { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("fairlead-guarded-");
        var data = Path.Combine(_folder.FullName, "data");
        var passwordFile = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        var added = await HubProcess.RunAsync(["user", "add", User, "--data", data, "--password-file", passwordFile]);
        added.ExitCode.ShouldBe(0, added.Errors);
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "http://127.0.0.1:0"],
            AllowAnonymous = false,
            DataDirectory = data,
        });
        Kit = await DeviceKit.IssueAsync("device", Hub, _folder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        if (Hub is not null)
            await Hub.DisposeAsync();
        _folder?.Delete(recursive: true);
    }
}
