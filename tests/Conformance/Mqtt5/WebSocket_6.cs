using Xunit;

namespace Fairlead.Conformance.Mqtt5;

public sealed class WebSocket_6(StandardHub hub)
{
    [Fact]
    [Statement("MQTT-6.0.0-1")]
    public Task Text_frames_are_closed() => WebSocketExchange.TextFramesAreClosedAsync(hub, 5);

    [Fact]
    [Statement("MQTT-6.0.0-2")]
    public Task Packets_need_not_line_up_with_frames() => WebSocketExchange.PacketsNeedNotLineUpAsync(hub, 5);

    [Fact]
    [Statement("MQTT-6.0.0-3", "MQTT-6.0.0-4")]
    public Task Sub_protocol_is_mqtt() => WebSocketExchange.SubProtocolIsMqttAsync(hub);
}
