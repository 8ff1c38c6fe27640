using System.Net;
using System.Net.Sockets;
using Fairlead.Shared;

namespace Fairlead.Interop.Tools;

/// <summary>What a person reads when a hub cannot start: which listener, why, and exit codes that scripts can rely on.</summary>
public sealed class StartErrorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fairlead-start-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_port_that_is_in_use_is_named_and_the_exit_code_is_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string listener = $"mqtt://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var outcome = await HubProcess.RunAsync(["hub", "--data", _folder.FullName, "--listen", listener]);
        outcome.ExitCode.ShouldBe(1);
        outcome.Output.ShouldBeEmpty();
        outcome.Errors.ShouldStartWith("fairlead: ");
        outcome.Errors.ShouldContain(listener);
        outcome.Errors.ShouldContain("in use");
        outcome.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1, "one sentence and nothing else");
    }

    [Fact]
    public async Task A_setting_that_nobody_knows_is_named_with_the_nearest_and_the_exit_code_is_2()
    {
        var outcome = await HubProcess.RunAsync(["hub", "--data", _folder.FullName, "--set", "Broker:MaximumPacketSise=1M"]);
        outcome.ExitCode.ShouldBe(2);
        outcome.Errors.ShouldContain("Broker:MaximumPacketSize");
    }
}
