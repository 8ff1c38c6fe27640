using System.Text;

namespace Fairlead.Interop.Drivers;

/// <summary>A message as a foreign client handed it to its application.</summary>
public sealed record Delivery(string Topic, byte[] Payload, int QoS, bool Retain, bool Dup, MessageProperties Properties)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public override string ToString() => $"{Topic} QoS {QoS}{(Retain ? " retained" : "")}{(Dup ? " DUP" : "")} {(Payload.Length > 64 ? $"{Payload.Length} bytes" : Text)}";
}
