using System.Net;
using System.Net.Sockets;
using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Client;

/// <summary>Connections through an HTTP proxy, headers of a WebSocket handshake, and DUP of what an earlier client sent.</summary>
public sealed class Proxy_Tests
{
    private static readonly byte[] Accepted = [0x20, 0x02, 0x00, 0x00];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_proxy_is_asked_for_a_tunnel_and_MQTT_goes_through_it()
    {
        using var proxy = Listen();
        var head = ServeAsync(proxy, "HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n");
        await using var client = new MqttClient(Options(proxy, "ada", "se:cret"));
        await client.ConnectAsync(Cancelled);
        string request = await head;
        request.ShouldStartWith("CONNECT hub.invalid:1883 HTTP/1.1\r\nHost: hub.invalid:1883\r\n");
        request.ShouldContain($"Proxy-Authorization: Basic {Convert.ToBase64String("ada:se:cret"u8)}\r\n");
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", MqttFailure.Refused, "user name and password")]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", MqttFailure.Unreachable, "HTTP 403")]
    [InlineData("SSH-2.0-x\r\n\r\n", MqttFailure.Protocol, "not HTTP")]
    public async Task A_proxy_that_refuses_is_named(string answer, MqttFailure failure, string why)
    {
        using var proxy = Listen();
        var head = ServeAsync(proxy, answer);
        await using var client = new MqttClient(Options(proxy, null, null));
        var exception = await Should.ThrowAsync<MqttException>(client.ConnectAsync(Cancelled));
        exception.Failure.ShouldBe(failure);
        exception.Message.ShouldContain(why);
        exception.Message.ShouldContain("through the proxy 127.0.0.1");
        (await head).ShouldNotContain("Authorization");
    }

    [Fact]
    public async Task Headers_go_with_the_request_for_a_WebSocket()
    {
        using var server = Listen();
        var head = ServeAsync(server, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        await using var client = new MqttClient(new MqttClientOptions
        {
            Server = new Uri($"ws://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/mqtt"),
            HttpHeaders = [new("x-amz-customauthorizer-name", "doorman"), new("token", "t1")],
            Reconnect = null,
        });
        (await Should.ThrowAsync<MqttException>(client.ConnectAsync(Cancelled))).Failure.ShouldBe(MqttFailure.Refused);
        string request = await head;
        request.ShouldContain("x-amz-customauthorizer-name: doorman\r\n");
        request.ShouldContain("token: t1\r\n");
    }

    [Fact]
    public async Task A_message_that_an_earlier_client_sent_carries_DUP()
    {
        using var server = Listen();
        var served = Task.Run(
            async () =>
            {
                using var peer = await server.AcceptTcpClientAsync(Cancelled);
                var stream = peer.GetStream();
                var buffer = new byte[256];
                _ = await stream.ReadAtLeastAsync(buffer, 14, cancellationToken: Cancelled);
                await stream.WriteAsync(Accepted, Cancelled);
                int read = await stream.ReadAtLeastAsync(buffer, 7, cancellationToken: Cancelled);
                await stream.WriteAsync(new byte[] { 0x40, 0x02, 0x00, 0x01 }, Cancelled);
                return buffer[..read];
            },
            Cancelled);
        await using var client = new MqttClient(new MqttClientOptions
        {
            Server = new Uri($"mqtt://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}"),
            Version = ProtocolVersion.V311,
            ClientId = "d",
            Reconnect = null,
        });
        await client.ConnectAsync(Cancelled);
        await client.PublishAsync(new PublishPacket { Topic = "a", QoS = QualityOfService.AtLeastOnce, Dup = true }, Cancelled);
        (await served)[0].ShouldBe((byte)0x3A);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static MqttClientOptions Options(TcpListener proxy, string? user, string? password) => new()
    {
        Server = new Uri("mqtt://hub.invalid:1883"),
        Version = ProtocolVersion.V311,
        ClientId = "p",
        Reconnect = null,
        Proxy = new HttpProxyOptions(new Uri($"http://127.0.0.1:{((IPEndPoint)proxy.LocalEndpoint).Port}")) { UserName = user, Password = password },
    };

    /// <summary>Takes one connection, reads a request, answers, and then accepts an MQTT client if one speaks. Returns the request.</summary>
    private static async Task<string> ServeAsync(TcpListener listener, string answer)
    {
        var peer = await listener.AcceptTcpClientAsync(Cancelled);
        var stream = peer.GetStream();
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Cancelled);
            head.Add(one[0]);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancelled);
        if (answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            _ = await stream.ReadAtLeastAsync(new byte[256], 14, cancellationToken: Cancelled);
            await stream.WriteAsync(Accepted, Cancelled);
        }

        return Encoding.ASCII.GetString([.. head]);
    }
}
