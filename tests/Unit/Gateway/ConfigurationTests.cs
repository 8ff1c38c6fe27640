using Fairlead.Gateway.Configuration;
using Fairlead.Unit.Server;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Gateway;

/// <summary>Settings (spec section 1.2, checklist 10).</summary>
public sealed class ConfigurationTests
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    [Fact]
    public void Azure_10_A_file_of_the_sample_gateway_works_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "appsettings.json");
        File.WriteAllText(file, $$"""
            {
              // as in the sample
              "Logging": { "LogLevel": { "Default": "Debug" } },
              "ServerOptions": {
                "IoTHubHostName": "myhub.azure-devices.net", "AccessPolicyName": "iothubowner", "AccessPolicyKey": "{{Key}}",
                "SharedAccessPolicyKeyEnabled": true, "MaxPoolSize": 12, "DeviceOperationTimeout": 5000, "DefaultDeviceCacheInMinutes": 7,
                "DirectMethodEnabled": true, "DirectMethodCallback": null, "CloudMessagesEnabled": true, "CloudMessageParallelism": 3, "CloudMessageCallback": null
              }
            }
            """);
        var options = Load([file], [], []).Options.ShouldNotBeNull();
        options.HubHostName.ShouldBe("myhub.azure-devices.net");
        options.HubAddress.ShouldBe(new Uri("amqps://myhub.azure-devices.net:5671"));
        options.Policy!.Name.ShouldBe("iothubowner");
        (options.MaxPoolSize, options.CloudMessageParallelism).ShouldBe((12, 3));
        (options.OperationTimeout, options.DeviceCache).ShouldBe((TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(7)));
        (options.DirectMethodEnabled, options.CloudMessagesEnabled).ShouldBe((true, true));
    }

    [Fact]
    public void Azure_10_Defaults_are_those_of_the_sample()
    {
        var options = Load([], [], [new("IoTHubHostName", "h")]).Options.ShouldNotBeNull();
        (options.MaxPoolSize, options.CloudMessageParallelism).ShouldBe((65_535, 10));
        (options.OperationTimeout, options.DeviceCache).ShouldBe((TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(60)));
        (options.DirectMethodEnabled, options.CloudMessagesEnabled, options.Policy).ShouldBe((false, false, null));
        (options.CloudMessageCallback, options.DirectMethodCallback).ShouldBe((null, null));
    }

    [Fact]
    public void Azure_10_The_environment_wins_over_the_file_and_flags_over_both()
    {
        var variables = new Dictionary<string, string> { ["serveroptions__DEFAULTDEVICECACHEINMINUTES"] = "9", ["ServerOptions__IoTHubHostName"] = "env.example.net", ["Other__X"] = "1" };
        var options = Load([], variables, [new("IoTHubHostName", "flag.example.net")]).Options.ShouldNotBeNull();
        options.DeviceCache.ShouldBe(TimeSpan.FromMinutes(9));
        options.HubHostName.ShouldBe("flag.example.net");
    }

    [Theory]
    [InlineData("IoTHubHostName", "", "IoTHubHostName is missing")]
    [InlineData("MaxPoolSize", "0", "give a whole number from 1 to 65535")]
    [InlineData("DeviceOperationTimeout", "soon", "give a whole number")]
    [InlineData("SharedAccessPolicyKeyEnabled", "yes", "give true or false")]
    [InlineData("SharedAccessPolicyKeyEnabled", "true", "AccessPolicyName is missing")]
    [InlineData("HubAddress", "http://x", "give amqps://")]
    [InlineData("HubAddress", "amqp://10.0.0.1:5672", "not encrypted")]
    [InlineData("Listen", "ftp://x", "give http://address:port")]
    [InlineData("Listen", "h2c://127.0.0.1", "give http://address:port")]
    [InlineData("Listen", "https://0.0.0.0:443", "CertificateFile")]
    [InlineData("OtlpEndpoint", "127.0.0.1:4317", "give an http:// or https:// URL")]
    [InlineData("OtlpProtocol", "udp", "give grpc or http")]
    [InlineData("TraceRatio", "2", "from 0 to 1")]
    [InlineData("ApiKey", "short", "at least 16 characters")]
    [InlineData("HubCaFile", "/nowhere/ca.pem", "does not exist")]
    [InlineData("CloudMessageCallback", "http://x/y", "CloudMessagesEnabled is false")]
    [InlineData("Peers", "gw2", "give name=url")]
    [InlineData("MaxPolSize", "1", "the nearest is MaxPoolSize")]
    [InlineData("IdentitiesPerConnection", "996", "from 1 to 995")]
    public void Azure_10_A_value_that_cannot_be_used_stops_the_start_with_its_cure(string key, string value, string expected)
    {
        var flags = new Dictionary<string, string> { ["IoTHubHostName"] = "h", [key] = value };
        var configuration = Load([], [], flags);
        configuration.Options.ShouldBeNull();
        configuration.Problems.ShouldContain(problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Connection_strings_and_keys_in_files_are_taken()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "key");
        File.WriteAllText(file, "abcdefghijklmnopqrstuvwxyz\n");
        var options = Load([], [], [
            new("HubConnectionString", $"HostName=h.example.net;SharedAccessKeyName=device;SharedAccessKey={Key}"),
            new("SharedAccessPolicyKeyEnabled", "true"), new("ApiKeyFile", file)]).Options.ShouldNotBeNull();
        (options.HubHostName, options.Policy!.Name, options.ApiKey).ShouldBe(("h.example.net", "device", "abcdefghijklmnopqrstuvwxyz"));
        options.Policy.Key.ShouldBe(Convert.FromBase64String(Key));
    }

    [Fact]
    public void Sample_and_reference_are_current()
    {
        GeneratedFile.ShouldBeCurrent("deploy/gateway.json", GatewayReference.Sample());
        GeneratedFile.ShouldBeCurrent("docs/gateway-configuration.md", GatewayReference.Page());
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "sample.json");
        File.WriteAllText(file, GatewayReference.Sample());
        Load([file], [], [new("IoTHubHostName", "h")]).Problems.ShouldBeEmpty();
    }

    private static GatewayConfiguration Load(string[] files, Dictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> flags) =>
        GatewayConfiguration.Load(files, variables, flags);
}
