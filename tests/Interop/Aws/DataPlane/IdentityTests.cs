using System.Text.Json;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>Each operation of the data plane with each way to prove who calls: signature, client certificate, custom authorizer.</summary>
public sealed class IdentityTests(AwsHub hub) : IClassFixture<AwsHub>, IDisposable
{
    // What Debian's boto3 has no methods for: it is older than these operations.
    private static readonly string[] NewerThanBoto3 = ["GetConnection", "ListSubscriptions", "SendDirectMessage", "DeleteConnection"];
    private readonly Identities _identities = new(hub);

    public void Dispose() => _identities.Dispose();

    [Theory]
    [InlineData(AwsTool.Boto3)]
    [InlineData(AwsTool.JavaScript)]
    public async Task Messaging_81_each_data_operation_takes_a_signature(AwsTool tool)
    {
        await using var scene = await SceneAsync();
        await using var may = hub.Start(tool, await _identities.KeyAsync(Identities.Policy(scene.Needs)));
        await using var mayNot = hub.Start(tool, await _identities.KeyAsync(Identities.Policy(("iot:Connect", "*"))));
        foreach (var call in scene.Calls.Where(call => tool == AwsTool.JavaScript || !NewerThanBoto3.Contains(call.Operation)))
        {
            await mayNot.RefusedAsync("ForbiddenException", 403, call.Operation, call.Parameters, "iot-data");
            var result = await may.DataAsync(call.Operation, call.Parameters);
            // SDKs have no result for what Publish and SendDirectMessage say, beyond that they succeeded.
            if (call.Expected.Contains("OK", StringComparison.Ordinal)) continue;
            if (call.Operation == "GetConnection") result.GetProperty("connected").GetBoolean().ShouldBeTrue();
            else DataCall.TextOf(result).Replace("\": ", "\":", StringComparison.Ordinal).ShouldContain(call.Expected, Case.Sensitive, call.Operation);
        }

        if (tool == AwsTool.JavaScript) (await scene.Client.NextAsync()).Text.ShouldBe("go");
    }

    [Fact]
    public async Task Messaging_81_each_data_operation_takes_a_client_certificate()
    {
        await using var scene = await SceneAsync();
        var may = await _identities.CertificateAsync(scene.Needs);
        var mayNot = await _identities.CertificateAsync(("iot:Connect", "*"));
        await EachAsync(scene, (call, allowed) => CurlAsync(allowed ? may : mayNot, call));
    }

    [Fact]
    public async Task Messaging_81_each_data_operation_takes_a_custom_authorizer()
    {
        await using var scene = await SceneAsync();
        var policies = new Dictionary<string, string> { ["may"] = Identities.Policy(scene.Needs), ["mayNot"] = Identities.Policy(("iot:Connect", "*")) };
        await using var function = FunctionServer.Start(called => Authorizers.Policies.LetIn("caller", policies[called.GetProperty("token").GetString()!]));
        await hub.JavaScript.IotAsync(
            "CreateAuthorizer", new { authorizerName = "data", authorizerFunctionArn = function.Url, signingDisabled = true, tokenKeyName = "dataToken" });
        // In headers and in the query, as clients choose.
        await EachAsync(scene, (call, allowed) => CurlAsync(
            null, call, "--header", "x-amz-customauthorizer-name: data", "--header", $"dataToken: {(allowed ? "may" : "mayNot")}"));
        var list = scene.Calls.Single(static call => call.Operation == "ListRetainedMessages");
        (await CurlAsync(null, list with { Target = list.Target + "&x-amz-customauthorizer-name=data&dataToken=may" })).Status.ShouldBe(200);
        (await CurlAsync(null, list)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Messaging_52_the_command_line_of_AWS_calls_what_it_knows()
    {
        await using var scene = await SceneAsync();
        var (thing, topic) = (scene.Thing, scene.Topic);
        var output = _identities.FileOf("");
        var state = "fileb://" + _identities.FileOf("""{"state":{"reported":{"on":true}}}""");
        await RunAsync("publish", "--topic", topic, "--qos", "1", "--retain", "--payload", "fileb://" + _identities.FileOf("kept"));
        await RunAsync("get-retained-message", "--topic", topic);
        await RunAsync("list-retained-messages");
        foreach (string[] name in (string[][])[[], ["--shadow-name", "s"]])
        {
            await RunAsync(["update-thing-shadow", "--thing-name", thing, .. name, "--payload", state, output]);
            File.ReadAllText(output).ShouldContain("\"version\":1");
            await RunAsync(["get-thing-shadow", "--thing-name", thing, .. name, output]);
            File.ReadAllText(output).ShouldContain("\"on\":true");
        }

        await RunAsync("list-named-shadows-for-thing", "--thing-name", thing);
        await RunAsync("delete-thing-shadow", "--thing-name", thing, "--shadow-name", "s", output);
        (await AwsCommandLine.RunAsync(hub.Login, "iot-data", "get-thing-shadow", "--thing-name", thing, "--shadow-name", "s", output)).Error
            .ShouldContain("ResourceNotFoundException");

        async Task RunAsync(params string[] arguments) =>
            (await AwsCommandLine.RunAsync(hub.Login, "iot-data", arguments)).ShouldBe((0, ""), string.Join(' ', arguments));
    }

    private static async Task EachAsync(Scene scene, Func<DataCall, bool, Task<(int Status, string Body)>> callAsync)
    {
        foreach (var call in scene.Calls)
        {
            var (denied, why) = await callAsync(call, false);
            denied.ShouldBe(403, call.Operation);
            JsonDocument.Parse(why).RootElement.GetProperty("message").GetString().ShouldBe("Forbidden", call.Operation);
            var (status, body) = await callAsync(call, true);
            status.ShouldBe(200, $"{call.Operation}: {body}");
            body.ShouldContain(call.Expected, Case.Sensitive, call.Operation);
        }

        (await scene.Client.NextAsync()).Text.ShouldBe("go");
    }

    private Task<(int Status, string Body)> CurlAsync(DeviceKit? kit, DataCall call, params string[] more) => _identities.CurlAsync(
        kit, call.Target, [.. more, "--request", call.Method, .. call.Body is null ? (string[])[] : ["--data", call.Body]]);

    private async Task<Scene> SceneAsync()
    {
        var stage = new Stage(hub.Hub);
        var clientId = stage.ClientId("d");
        return new Scene(stage, await stage.ConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = clientId }), clientId);
    }

    private sealed record Scene(Stage Stage, ForeignClient Client, string ClientId) : IAsyncDisposable
    {
        public string Thing => ClientId;

        public string Topic => Stage.Topic("kept");

        public IReadOnlyList<DataCall> Calls => DataCall.All(ClientId, Thing, Topic);

        public (string Action, string Resource)[] Needs => DataCall.Needs(ClientId, Thing, Topic);

        public ValueTask DisposeAsync() => Stage.DisposeAsync();
    }
}
