using System.Buffers;
using System.Text;
using Fairlead.Server.Listeners;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Server;

public sealed class OpeningTests
{
    private static readonly string[] Known = ["x-amzn-mqtt-ca", "mqtt", "http/1.1"];

    [Theory]
    [InlineData("", "Nothing")]
    [InlineData("10", "Mqtt")]
    [InlineData("100c", "Mqtt")]
    [InlineData("16", "Tls")]
    [InlineData("1603", "Tls")]
    [InlineData("1602", "Mqtt")]
    [InlineData("5002", "Mqtt")]
    [InlineData("50", "Mqtt")]
    [InlineData("41", "Amqp")]
    [InlineData("414d5150", "Amqp")]
    [InlineData("4143", "Http")]
    [InlineData("ffff", "Mqtt")]
    public void Bytes_tell_the_protocol(string hex, string expected) =>
        OpeningBytes.Classify(Convert.FromHexString(hex)).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /")]
    [InlineData("PUT /")]
    [InlineData("PRI * HTTP/2.0")]
    public void Requests_are_http(string text) => OpeningBytes.Classify(Encoding.ASCII.GetBytes(text)).ShouldBe(Opening.Http);

    [Fact]
    public void Alpn_is_read_from_a_hello_and_the_best_known_protocol_wins()
    {
        Read(Hello("http/1.1", "h2", "x-amzn-mqtt-ca", "mqtt")).ShouldBe((HelloStatus.Complete, true, "x-amzn-mqtt-ca"));
        Read(Hello("h2", "http/1.1")).ShouldBe((HelloStatus.Complete, true, "http/1.1"));
        Read(Hello("h2")).ShouldBe((HelloStatus.Complete, true, null));
        Read(Hello()).ShouldBe((HelloStatus.Complete, false, null));
    }

    [Fact]
    public void A_hello_that_comes_in_pieces_is_awaited()
    {
        var hello = Hello("mqtt");
        for (var length = 1; length < hello.Length; length++) Read(hello[..length]).Status.ShouldBe(HelloStatus.Incomplete, $"{length} bytes");
        Read(hello).Protocol.ShouldBe("mqtt");
    }

    [Fact]
    public void Damage_anywhere_never_throws_and_never_reads_past_the_end()
    {
        var hello = Hello("mqtt", "http/1.1");
        for (var i = 0; i < hello.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 0x7f, 0xff])
            {
                var damaged = hello.ToArray();
                damaged[i] = value;
                _ = Read(damaged);
            }
        }
    }

    [Fact]
    public void Plain_mqtt_is_no_hello() => Read([0x10, 0x0c, 0, 4]).Status.ShouldBe(HelloStatus.Other);

    [Fact]
    public void A_version_5_client_on_a_tls_port_is_told_so()
    {
        byte[] connect = [0x10, 0x10, 0, 4, .. "MQTT"u8, 5, 2, 0, 60, 0, 0, 3, .. "abc"u8];
        var answer = PlaintextAnswer.For(Opening.Mqtt, new ReadOnlySequence<byte>(connect), "mqtts://127.0.0.1:8883");
        answer.Span[0].ShouldBe((byte)0x20);
        answer.Span[3].ShouldBe((byte)0x83);
        Encoding.UTF8.GetString(answer.Span).ShouldContain("mqtts://127.0.0.1:8883 speaks TLS");
        connect[8] = 4;
        PlaintextAnswer.For(Opening.Mqtt, new ReadOnlySequence<byte>(connect), "x").IsEmpty.ShouldBeTrue();
    }

    private static (HelloStatus Status, bool Offers, string? Protocol) Read(byte[] bytes) =>
        (ClientHello.TryRead(new ReadOnlySequence<byte>(bytes), Known, out var offers, out var protocol), offers, protocol);

    // RFC 8446, section 4.1.2, with one extension before ALPN and one behind it.
    private static byte[] Hello(params string[] protocols)
    {
        byte[] names = [.. protocols.SelectMany(name => (byte[])[(byte)name.Length, .. Encoding.ASCII.GetBytes(name)])];
        byte[] alpn = protocols.Length == 0 ? [] : [0, 16, .. Length(names.Length + 2), .. Length(names.Length), .. names];
        byte[] extensions = [0, 0, 0, 2, 1, 2, .. alpn, 0, 43, 0, 1, 0];
        byte[] body = [3, 3, .. new byte[32], 2, 9, 9, 0, 2, 0x13, 1, 1, 0, .. Length(extensions.Length), .. extensions];
        byte[] handshake = [1, 0, .. Length(body.Length), .. body];
        return [0x16, 3, 1, .. Length(handshake.Length), .. handshake];
    }

    private static byte[] Length(int value) => [(byte)(value >> 8), (byte)value];
}
