using System.Text.Json.Serialization;

namespace Fairlead.Interop.Drivers;

/// <summary>A Will as the drivers take it.</summary>
public sealed record Will(string Topic, byte[] Payload, [property: JsonPropertyName("qos")] int QoS = 1, bool Retain = false, MessageProperties? Properties = null, uint? Delay = null);
