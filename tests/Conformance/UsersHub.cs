using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Conformance;

/// <summary>A hub that lets in two users with a password, one of them an administrator, and publishes $SYS every second.</summary>
public sealed class UsersHub : IAsyncLifetime
{
    public const string Administrator = "root";
    public const string Ordinary = "lamp1";
    public const string Password = "a pass phrase";

    private readonly string _data = Directory.CreateTempSubdirectory("fairlead-users-").FullName;
    private HubProcess? _hub;

    public Uri Mqtt
    {
        get
        {
            Assert.SkipWhen(_hub is null, "only for our own hub: another broker's users are its own");
            return _hub.Mqtt;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (StandardHub.IsForeign)
            return;
        await AddAsync(Administrator, "--admin");
        await AddAsync(Ordinary);
        _hub = await HubProcess.StartAsync(new HubSettings
        {
            DataDirectory = _data,
            AllowAnonymous = false,
            Arguments = ["--set", "Broker:SystemTopicInterval=1s"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task AddAsync(string name, params string[] options)
    {
        var result = await HubProcess.RunAsync(["user", "add", name, "--data", _data, "--password", Password, .. options]);
        result.ExitCode.ShouldBe(0, result.Errors);
    }
}
