using Fairlead.Shared;
using Shouldly;

namespace Fairlead.Conformance;

/// <summary>What a broker answers to a first packet that it does not accept.</summary>
internal static class Refusal
{
    /// <summary>Closed without any packet.</summary>
    public static async Task ClosesAsync(Uri broker, byte[] first)
    {
        await using var raw = await RawMqttClient.OpenAsync(broker);
        await raw.SendAsync(first);
        await raw.ExpectCloseAsync();
    }

    /// <summary>A CONNACK of MQTT 3.1.1 with this return code and Session Present 0, then closed.</summary>
    public static async Task ReturnsAsync(Uri broker, byte[] connect, int code)
    {
        await using var raw = await RawMqttClient.OpenAsync(broker);
        await raw.SendAsync(connect);
        var answer = await raw.ReadAsync();
        answer.First.ShouldBe((byte)0x20);
        answer.Body.ShouldBe([(byte)0, (byte)code]);
        await raw.ExpectCloseAsync();
    }

    /// <summary>A CONNACK of MQTT 5 with one of these reason codes and Session Present 0, then closed. Code 0 allows the close alone.</summary>
    public static async Task<RawAnswer?> ReasonAsync(Uri broker, byte[] connect, params int[] codes)
    {
        await using var raw = await RawMqttClient.OpenAsync(broker);
        await raw.SendAsync(connect);
        var packet = await raw.ReadOrCloseAsync();
        if (packet is null)
        {
            codes.ShouldContain(0, "closed without CONNACK");
            return null;
        }

        packet.First.ShouldBe((byte)0x20, $"got {packet}");
        var answer = RawAnswer.Read(5, packet);
        answer.SessionPresent.ShouldBeFalse();
        codes.ShouldContain(answer.Code, $"CONNACK 0x{answer.Code:X2}");
        if (!StandardHub.IsForeign && answer.Code >= 0x80)
            answer.Properties.Text(RawProperties.ReasonString).ShouldNotBeNullOrWhiteSpace("every refusal says why");
        await raw.ExpectCloseAsync();
        return answer;
    }
}
