namespace Fairlead.Broker.Connections;

/// <summary>Reason Strings of version 5, of the form <c>PACKET: text</c> as AWS has them (spec/aws-registry-and-policies, section 19).</summary>
internal static class ReasonString
{
    /// <summary>
    /// The Reason String for a packet; null when the client wants none [MQTT-3.1.2-29], or when it would not fit the client's packet limit
    /// [MQTT-3.14.2-3].
    /// </summary>
    public static string? For(Connection connection, string packet, string reason) =>
        !connection.SendsReasons || connection.Output.MaximumPacketSize < (reason.Length * 3) + 48u ? null : $"{packet}: {reason}";
}
