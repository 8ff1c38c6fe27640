namespace Fairlead.Protocols.Mqtt;

/// <summary>Why bytes are not a packet: a value, never an exception, so that a hostile peer costs nothing but its own connection.</summary>
/// <param name="Code">What a version 5 peer is told; <see cref="ReasonCode.Success"/> when there is no error.</param>
/// <param name="Reason">One sentence for the Reason String and the log, naming the field; empty when there is no error.</param>
/// <param name="StatementId">The normative statement that was broken, such as <c>MQTT-3.1.2-3</c>; empty when none is.</param>
public readonly record struct DecodeError(ReasonCode Code, string Reason, string StatementId)
{
    /// <summary>No error.</summary>
    public static DecodeError None { get; } = new(ReasonCode.Success, "", "");

    /// <summary>Whether this stands for a failure.</summary>
    public bool IsError => Code != ReasonCode.Success;
}
