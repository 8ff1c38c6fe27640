using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>A hub with every listener, and a person with an empty home who administers it from the command line.</summary>
public sealed class CliHub : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("fairlead-home-");

    public HubProcess Hub { get; private set; } = null!;

    /// <summary>With the address and the token of the hub in the environment.</summary>
    public Cli Cli { get; private set; } = null!;

    /// <summary>The tls:// port as an https address.</summary>
    public string Https => $"https://localhost:{Hub.Listener("tls").Port}";

    public string Ca => Path.Combine(Hub.DataDirectory, "pki", "ca.cert.pem");

    /// <summary>A path in the home.</summary>
    public string InHome(params string[] names) => Path.Combine([_home.FullName, .. names]);

    public async ValueTask InitializeAsync()
    {
        Hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "mqtts://127.0.0.1:0", "tls://127.0.0.1:0", "http://127.0.0.1:0"],
        });
        string token = (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim();
        Cli = new Cli(_home.FullName, new Dictionary<string, string> { ["FAIRLEAD_URL"] = Hub.Http.ToString(), ["FAIRLEAD_TOKEN"] = token });
    }

    /// <summary>A person who has told nothing yet.</summary>
    public Cli Newcomer() => new(Directory.CreateDirectory(InHome($"newcomer-{Guid.NewGuid():n}")).FullName, new Dictionary<string, string>());

    public async ValueTask DisposeAsync()
    {
        if (Hub is not null)
            await Hub.DisposeAsync();
        _home.Delete(recursive: true);
    }
}
