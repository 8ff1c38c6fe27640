using System.Text.Json.Nodes;
using Fairlead.Shared;

namespace Fairlead.Interop.Azure.Registry;

/// <summary><c>fairlead iothub</c> against a running hub.</summary>
public sealed class CommandTests(RegistryHub hub) : IClassFixture<RegistryHub>
{
    private async Task<string> RunAsync(params string[] arguments)
    {
        var result = await TryAsync(arguments);
        result.ExitCode.ShouldBe(0, result.Errors);
        return result.Output.Trim();
    }

    private Task<ProgramResult> TryAsync(params string[] arguments) =>
        HubProcess.RunAsync(["iothub", .. arguments, "--url", hub.Hub.Http.ToString(), "--data", hub.Hub.DataDirectory]);

    [Fact]
    public async Task Azure_64_Identities_are_made_shown_listed_and_deleted()
    {
        var made = JsonNode.Parse(await RunAsync("device", "create", "cli.1", "--json"))!;
        made["deviceId"]!.GetValue<string>().ShouldBe("cli.1");
        (await RunAsync("device", "get", "cli.1")).ShouldContain("authentication.symmetricKey.primaryKey:");
        (await RunAsync("module", "create", "cli.1", "pump", "--json")).ShouldContain("\"moduleId\":\"pump\"");
        (await RunAsync("module", "ls", "cli.1")).ShouldContain("pump");
        (await RunAsync("device", "ls")).ShouldContain("cli.1");
        (await RunAsync("query", "SELECT deviceId FROM devices WHERE deviceId = 'cli.1'")).ShouldBe("""{"deviceId":"cli.1"}""");
        var twice = await TryAsync("device", "create", "cli.1");
        twice.ExitCode.ShouldBe(1);
        twice.Errors.ShouldContain("the device cli.1 exists already");
        await RunAsync("module", "rm", "cli.1", "pump", "--yes");
        await RunAsync("device", "rm", "cli.1", "--yes");
        (await TryAsync("device", "get", "cli.1")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task Azure_69_Connection_strings_and_tokens_work_and_are_explained()
    {
        await RunAsync("device", "create", "cli-2");
        string device = await RunAsync("connection-string", "--device", "cli-2", "--transport", "mqtt");
        RegistryHub.Field(device, "HostName").ShouldEndWith($":{hub.Hub.Listener("mqtts").Port}");
        string token = await RunAsync("sas", "--device", "cli-2");
        JsonNode.Parse(await RunAsync("explain", token, "--device", "cli-2", "--json"))!["accepted"]!.GetValue<bool>().ShouldBeTrue();
        var refused = await TryAsync("explain", token, "--device", "cli-3", "--json");
        refused.ExitCode.ShouldBe(3);
        JsonNode.Parse(refused.Output)!["reason"]!.GetValue<string>().ShouldStartWith("401002 IotHubUnauthorizedAccess");
        var (status, _, _) = await hub.SendAsync(HttpMethod.Get, "/devices/cli-2?api-version=2021-04-12", await RunAsync("sas"));
        status.ShouldBe(200);
        string owner = await RunAsync("connection-string");
        RegistryHub.Field(owner, "SharedAccessKey").ShouldBe(RegistryHub.Field(hub.Owner, "SharedAccessKey"));

        // A new key ends what the old one signed.
        await RunAsync("device", "keys", "cli-2", "--renew", "both");
        (await TryAsync("explain", token)).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Azure_69_Policies_are_listed_without_their_keys_unless_they_are_asked_for()
    {
        (await RunAsync("policy", "ls", "--json")).ShouldNotContain("primaryKey");
        (await RunAsync("policy", "ls", "--show-keys", "--json")).ShouldContain(RegistryHub.Field(hub.Owner, "SharedAccessKey"));
        (await RunAsync("policy", "ls")).ShouldContain("registryReadWrite");
        string before = JsonNode.Parse(await RunAsync("policy", "keys", "registryRead", "--json"))!["secondaryKey"]!.GetValue<string>();
        JsonNode.Parse(await RunAsync("policy", "keys", "registryRead", "--renew", "secondary", "--json"))!["secondaryKey"]!.GetValue<string>().ShouldNotBe(before);
    }
}
