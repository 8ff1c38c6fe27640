using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt;

/// <summary>The one exception of the client: what failed, why, and what to do about it.</summary>
public sealed class MqttException : Exception
{
    internal MqttException(
        MqttFailure failure,
        string what,
        string why,
        string cure,
        ReasonCode code = ReasonCode.UnspecifiedError,
        Exception? innerException = null)
        : base($"{what}: {why}. {cure}.", innerException)
    {
        Failure = failure;
        ReasonCode = code;
        What = what;
        Why = why;
        Cure = cure;
    }

    /// <summary>What kind of failure it is.</summary>
    public MqttFailure Failure { get; }

    /// <summary>The Reason Code of the Server, or the one this failure would have; <see cref="ReasonCode.UnspecifiedError"/> if none fits.</summary>
    public ReasonCode ReasonCode { get; }

    /// <summary>For a SUBSCRIBE or UNSUBSCRIBE of which a part was refused: one Reason Code for each Topic Filter, in order. Else empty.</summary>
    public IReadOnlyList<ReasonCode> ReasonCodes { get; internal init; } = [];

    /// <summary>Whether the Server sent the failure, in an acknowledgment or a DISCONNECT.</summary>
    public bool FromServer { get; internal init; }

    /// <summary>What could not be done.</summary>
    public string What { get; }

    /// <summary>Why not.</summary>
    public string Why { get; }

    /// <summary>What to do about it.</summary>
    public string Cure { get; }
}
