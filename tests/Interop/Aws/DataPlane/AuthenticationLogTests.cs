using System.Text.Json;
using Fairlead.Interop.Aws.Authorizers;
using Fairlead.Interop.Aws.Certificates;
using Fairlead.Interop.Drivers;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>The two entries of the structured log that are written on request alone: <c>Ping</c> and <c>Connection.AuthNError</c>.</summary>
public sealed class AuthenticationLogTests(AwsHub hub) : IClassFixture<AwsHub>, IAsyncDisposable
{
    private readonly Devices _devices = new(hub);
    private readonly Identities _identities = new(hub);

    public ValueTask DisposeAsync()
    {
        _identities.Dispose();
        return _devices.DisposeAsync();
    }

    [Fact]
    public async Task Messaging_88_pings_are_written_where_somebody_asked_for_them()
    {
        await using var stage = new Stage(hub.Hub);
        var (pinged, traced) = (stage.ClientId("pinged"), stage.ClientId("traced"));
        await using var first = await hub.Hub.ConnectRawAsync(4, pinged);
        await using var second = await hub.Hub.ConnectRawAsync(5, traced);
        await OptionsAsync("DEBUG", []);
        await first.PingAsync();
        (await PingsAsync(pinged)).ShouldBeEmpty();

        await OptionsAsync("ERROR", [new { eventType = "Ping", logLevel = "DEBUG" }]);
        await first.PingAsync();
        var entry = (await PingsAsync(pinged)).ShouldHaveSingleItem();
        entry.Members().Order().ShouldBe(
        [
            "accountId", "clientId", "eventType", "latency", "logLevel", "principalId", "protocol", "requestTimestamp", "responseTimestamp", "sourceIp", "sourcePort", "status",
            "timestamp", "traceId",
        ]);
        entry.GetProperty("logLevel").GetString().ShouldBe("DEBUG");
        entry.GetProperty("status").GetString().ShouldBe("Success");
        entry.GetProperty("latency").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        foreach (var time in new[] { "requestTimestamp", "responseTimestamp" })
            entry.GetProperty(time).GetString()!.ShouldMatch(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$");

        // Failures alone: a ping that was answered is none.
        await OptionsAsync("DEBUG", [new { eventType = "Ping", logLevel = "ERROR" }]);
        await first.PingAsync();
        (await PingsAsync(pinged)).Count.ShouldBe(1);

        // A level of a client is for everything that it does.
        await hub.JavaScript.IotAsync("SetV2LoggingLevel", new { logTarget = new { targetType = "CLIENT_ID", targetName = traced }, logLevel = "DEBUG" });
        await first.PingAsync();
        await second.PingAsync();
        (await PingsAsync(traced)).Count.ShouldBe(1);
        (await PingsAsync(pinged)).Count.ShouldBe(1);
        await hub.JavaScript.IotAsync("DeleteV2LoggingLevel", new { targetType = "CLIENT_ID", targetName = traced });
    }

    [Fact]
    public async Task Messaging_01_certificates_that_prove_nothing_are_written_with_the_word_for_why()
    {
        var kit = await _devices.MakeAsync();
        await SetAsync(kit, "INACTIVE");
        await OptionsAsync("DEBUG", []);
        await _devices.RefusedAsync(kit, "is INACTIVE");
        (await FailuresAsync(kit.CertificateId)).ShouldBeEmpty();

        await AskAsync();
        await _devices.RefusedAsync(kit, "is INACTIVE");
        (await _identities.CurlAsync(kit, "topics/a", "--data", "x")).Status.ShouldBe(403);
        await SetAsync(kit, "REVOKED");
        await _devices.RefusedAsync(kit, "is REVOKED", version: 4);
        await hub.JavaScript.IotAsync("DeleteCertificate", new { certificateId = kit.CertificateId, forceDelete = true });
        await _devices.RefusedAsync(kit, "is not registered", Foreign.AwsSdk);

        var entries = await FailuresAsync(kit.CertificateId);
        entries.Select(static entry => (Text(entry, "protocol"), Text(entry, "reason"))).ShouldBe(
        [
            ("MQTT", "DEVICE_CERTIFICATE_INACTIVE"), ("HTTP", "DEVICE_CERTIFICATE_INACTIVE"), ("MQTT", "DEVICE_CERTIFICATE_REVOKED"),
            ("MQTT", "DEVICE_CERTIFICATE_NOT_REGISTERED"),
        ]);
        entries.ShouldAllBe(static entry => Text(entry, "authenticationType") == "AWS_X509" && Text(entry, "logLevel") == "ERROR" && Text(entry, "status") == "Failure");
        entries[0].Members().Order().ShouldBe(
        [
            "accountId", "authenticationType", "clientId", "details", "eventType", "logLevel", "principalId", "protocol", "reason", "serverNameIndication", "sourceIp", "sourcePort",
            "status", "targetIp", "targetPort", "timestamp", "traceId",
        ]);
        entries[0].GetProperty("targetPort").GetInt32().ShouldBe(hub.Hub.Listener("mqtts").Port);
        entries[1].GetProperty("targetPort").GetInt32().ShouldBe(hub.Https.Port);
        entries.ShouldAllBe(static entry => Text(entry, "serverNameIndication") == "localhost");
    }

    [Fact]
    public async Task Messaging_05_83_signatures_that_prove_nothing_are_written_with_the_word_for_why()
    {
        await AskAsync();
        var before = (await FailuresAsync(null)).Count;
        var wrong = hub.Login with { SecretKey = "another secret" };
        await RefusedAsync(wrong, "InvalidSignatureException");
        await RefusedAsync(hub.Login with { AccessKey = "AKIAUNKNOWN00000" }, "UnrecognizedClientException");
        await RefusedAsync(await _identities.KeyAsync(Authorizers.Policies.All, DateTimeOffset.UtcNow.AddHours(-1)), "ExpiredTokenException");
        (await _identities.CurlAsync(null, "topics/a", "--data", "x")).Status.ShouldBe(403);
        await using (var js = DriverProcess.Start(Foreign.MqttJs))
        {
            var host = $"localhost:{hub.Hub.Listener("tls").Port}";
            var refused = await js.RequestAsync(
                "connect", "bad", new { url = $"wss://{host}/mqtt{new Presigner(host, wrong.AccessKey, wrong.SecretKey).Query()}", version = 5, clientId = "bad", clean = true, keepAlive = 60, ca = hub.Ca });
            refused.Ok.ShouldBeFalse();
        }

        // The control plane has no connections to speak of.
        await using (var control = hub.Start(AwsTool.JavaScript, wrong))
            await control.RefusedAsync("InvalidSignatureException", 403, "ListThings");

        (await FailuresAsync(null)).Skip(before).Select(static entry => (Text(entry, "protocol"), Text(entry, "authenticationType"), Text(entry, "reason"))).ShouldBe(
        [
            ("HTTP", "AWS_SIGV4", "SECURITY_TOKEN_SIGNATURE_MISMATCH"), ("HTTP", "AWS_SIGV4", "SECURITY_TOKEN_INVALID"), ("HTTP", "AWS_SIGV4", "SECURITY_TOKEN_EXPIRED"),
            ("HTTP", null, "NOT_AUTHENTICATED"), ("MQTT", "AWS_SIGV4", "SECURITY_TOKEN_SIGNATURE_MISMATCH"),
        ]);

        async Task RefusedAsync(AwsLogin login, string code)
        {
            await using var api = hub.Start(AwsTool.JavaScript, login);
            await api.RefusedAsync(code, 403, "Publish", new { topic = "a" }, "iot-data");
        }
    }

    [Fact]
    public async Task Messaging_09_what_authorizers_refuse_is_written_with_the_word_for_why()
    {
        await AskAsync();
        await using var function = FunctionServer.Start(static called => called.TryGetProperty("token", out var token) && token.GetString() == "nonsense"
            ? new { isAuthenticated = "perhaps" }
            : new { isAuthenticated = false });
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        await hub.JavaScript.IotAsync("CreateAuthorizer", new { authorizerName = "plain", authorizerFunctionArn = function.Url, signingDisabled = true, tokenKeyName = "plainToken" });
        await hub.JavaScript.IotAsync("CreateAuthorizer", new
        {
            authorizerName = "strict",
            authorizerFunctionArn = function.Url,
            tokenKeyName = "strictToken",
            tokenSigningPublicKeys = new { k = rsa.ExportSubjectPublicKeyInfoPem() },
        });
        var before = (await FailuresAsync(null)).Count;
        foreach (var query in new[] { "name=nobody", "name=strict&strictToken=a", "name=plain&plainToken=a", "name=plain&plainToken=nonsense" })
            (await _identities.CurlAsync(null, $"topics/a?x-amz-customauthorizer-{query}", "--data", "x")).Status.ShouldBe(403, query);
        await using var stage = new Stage(hub.Hub);
        foreach (var user in new[] { "u?x-amz-customauthorizer-name=strict&strictToken=a", "u?x-amz-customauthorizer-name=plain&plainToken=a" })
            (await stage.TryConnectAsync(new Peer(Foreign.Paho, 5), new ConnectSettings { ClientId = stage.ClientId("d"), Username = user })).Connected.Ok.ShouldBeFalse();

        var entries = (await FailuresAsync(null)).Skip(before).ToList();
        entries.ShouldAllBe(static entry => Text(entry, "authenticationType") == "CUSTOM_AUTH");
        entries.Select(static entry => (Text(entry, "protocol"), Text(entry, "reason"))).ShouldBe(
        [
            ("HTTP", "CUSTOM_AUTHORIZER_NOT_FOUND"), ("HTTP", "CUSTOM_AUTHORIZER_PARAMETER_INVALID"), ("HTTP", "NOT_AUTHENTICATED"),
            ("HTTP", "CUSTOM_AUTHORIZER_LAMBDA_EXECUTION_ERROR"), ("MQTT", "CUSTOM_AUTHORIZER_PARAMETER_INVALID"), ("MQTT", "NOT_AUTHENTICATED"),
        ]);
        entries[^1].GetProperty("clientId").GetString().ShouldBe(stage.ClientId("d"));
    }

    private static string? Text(JsonElement entry, string member) => entry.TryGetProperty(member, out var value) ? value.GetString() : null;

    private Task AskAsync() => OptionsAsync("ERROR", [new { eventType = "Connection.AuthNError", logLevel = "ERROR" }]);

    private Task OptionsAsync(string level, object[] events) => hub.JavaScript.IotAsync(
        "SetV2LoggingOptions", new { roleArn = "arn:aws:iam::123456789012:role/logs", defaultLogLevel = level, eventConfigurations = events });

    private async Task<IReadOnlyList<JsonElement>> PingsAsync(string clientId) =>
        [.. (await hub.LogAsync($"client={clientId}")).Where(static entry => Text(entry, "eventType") == "Ping")];

    private async Task<IReadOnlyList<JsonElement>> FailuresAsync(string? principalId) =>
    [
        .. (await hub.LogAsync("level=error&limit=10000"))
            .Where(entry => Text(entry, "eventType") == "Connection.AuthNError" && (principalId is null || Text(entry, "principalId") == principalId)),
    ];

    private Task SetAsync(DeviceKit kit, string status) => hub.JavaScript.IotAsync("UpdateCertificate", new { certificateId = kit.CertificateId, newStatus = status });
}
