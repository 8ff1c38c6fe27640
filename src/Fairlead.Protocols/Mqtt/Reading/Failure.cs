namespace Fairlead.Protocols.Mqtt.Reading;

/// <summary>Builds the errors; only reached on hostile or broken input, so it may allocate.</summary>
internal static class Failure
{
    /// <summary>0x81: the bytes cannot be parsed.</summary>
    public static DecodeError Malformed(
        string reason, string statementId = "") =>
        new(ReasonCode.MalformedPacket, Complete(reason, statementId), statementId);

    /// <summary>0x82: parsed, but against the rules.</summary>
    public static DecodeError Protocol(
        string reason, string statementId = "") =>
        new(ReasonCode.ProtocolError, Complete(reason, statementId), statementId);

    /// <summary>Another Reason Code.</summary>
    public static DecodeError Other(
        ReasonCode code, string reason, string statementId = "") =>
        new(code, Complete(reason, statementId), statementId);

    /// <summary>How a statement is named at the end of a reason.</summary>
    public static string Suffix(string statementId) => statementId.Length == 0 ? "" : $" [{statementId}]";

    private static string Complete(string reason, string statementId) => reason + Suffix(statementId);
}
