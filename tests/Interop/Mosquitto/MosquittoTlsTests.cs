using System.Globalization;

namespace Fairlead.Interop.Mosquitto;

/// <summary>Debian's command-line clients over TLS, and what they say when they are refused.</summary>
public sealed class MosquittoTlsTests(HubFixture fixture)
{
    [Theory]
    [InlineData("mqttv31", "mqtts", null)]
    [InlineData("mqttv311", "mqtts", null)]
    [InlineData("mqttv5", "mqtts", null)]
    [InlineData("mqttv311", "tls", "x-amzn-mqtt-ca")]
    [InlineData("mqttv5", "tls", "x-amzn-mqtt-ca")]
    [InlineData("mqttv5", "tls", "mqtt")]
    [InlineData("mqttv5", "tls", null)]
    public async Task Messages_travel_with_a_client_certificate(string version, string listener, string? alpn)
    {
        await using var stage = new Stage(fixture.Hub);
        string[] connection = [.. To(listener, version), .. alpn is null ? [] : new[] { "--tls-alpn", alpn }];
        await using var subscriber = await MosquittoTool.SubscribeAsync(connection, "-t", stage.Topic("a"), "-q", "2");

        await MosquittoTool.PublishAsync(connection, ["-t", stage.Topic("a"), "-m", "secret", "-q", "2"]);

        (await subscriber.MessageAsync()).GetProperty("payload").GetString().ShouldBe("secret");
    }

    [Fact]
    public async Task A_protocol_that_nobody_speaks_is_refused()
    {
        await using var stage = new Stage(fixture.Hub);

        var (code, _) = await MosquittoTool.TryPublishAsync([.. To("tls", "mqttv5"), "--tls-alpn", "gopher"], ["-t", stage.Topic("a"), "-m", "x", "-q", "1"]);

        code.ShouldNotBe(0);
    }

    private string[] To(string listener, string version) =>
    [
        "-h", "localhost", "-p", fixture.Hub.Listener(listener).Port.ToString(CultureInfo.InvariantCulture), "-V", version,
        "--cafile", fixture.Kit.RootCa, "--cert", fixture.Kit.Certificate, "--key", fixture.Kit.PrivateKey,
    ];
}
