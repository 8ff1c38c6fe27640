using System.Collections.Frozen;

namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>
/// Names the statement in the standard that the connection speaks: the readers name MQTT 5's, and 3.1.1 numbers some rules otherwise.
/// </summary>
internal static class StatementIds
{
    private static readonly FrozenDictionary<string, string> InVersion3 = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MQTT-1.5.4-1"] = "MQTT-1.5.3-1",
        ["MQTT-1.5.4-2"] = "MQTT-1.5.3-2",
        ["MQTT-2.1.3-1"] = "MQTT-2.2.2-1",
        ["MQTT-2.2.1-3"] = "MQTT-2.3.1-1",
        ["MQTT-2.2.1-5"] = "MQTT-2.3.1-6",
        ["MQTT-2.2.1-6"] = "MQTT-2.3.1-7",
        ["MQTT-3.1.2-11"] = "MQTT-3.1.2-13",
        ["MQTT-3.1.2-12"] = "MQTT-3.1.2-14",
        ["MQTT-3.1.2-13"] = "MQTT-3.1.2-15",
        ["MQTT-3.1.2-17"] = "MQTT-3.1.2-19",
        ["MQTT-3.1.2-19"] = "MQTT-3.1.2-21",
        ["MQTT-3.2.2-1"] = "",
        ["MQTT-3.2.2-6"] = "MQTT-3.2.2-4",
        ["MQTT-3.8.3-2"] = "MQTT-3.8.3-3",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Puts the statement of the version spoken in place of MQTT 5's.</summary>
    public static DecodeError In(this DecodeError error, ProtocolVersion version)
    {
        if (version == ProtocolVersion.V5 || !error.IsError || !InVersion3.TryGetValue(error.StatementId, out string? id))
            return error;
        string reason = error.Reason.Replace(Failure.Suffix(error.StatementId), Failure.Suffix(id), StringComparison.Ordinal);
        return new DecodeError(error.Code, reason, id);
    }
}
