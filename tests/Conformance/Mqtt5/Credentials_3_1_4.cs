using Fairlead.Shared;
using Shouldly;
using Xunit;
using P = Fairlead.Shared.RawProperties;

namespace Fairlead.Conformance.Mqtt5;

public sealed class Credentials_3_1_4(ClosedHub hub) : IClassFixture<ClosedHub>
{
    [Fact]
    [Statement("MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8")]
    public async Task Client_without_credentials_is_refused_and_told_why()
    {
        var answer = await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client()), 0x86, 0x87);
        answer.ShouldNotBeNull().Properties.Text(P.ReasonString).ShouldNotBeNullOrWhiteSpace();
        await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(4, Names.Client()), answer.Code == 0x86 ? 4 : 5);
    }

    [Fact]
    [Statement("MQTT-3.1.4-2", "MQTT-3.1.2-17", "MQTT-3.1.2-19")]
    public async Task Wrong_password_is_refused()
    {
        await Refusal.ReasonAsync(hub.Mqtt, RawPackets.Connect(5, Names.Client(), user: "nobody", password: [1, 2]), 0x86);
        await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(4, Names.Client(), user: "nobody", password: [1, 2]), 4);
        await Refusal.ReturnsAsync(hub.Mqtt, RawPackets.Connect(3, Names.Client(), user: "nobody", password: [1, 2]), 4);
    }
}
