using Fairlead.Protocols.Mqtt;

namespace Fairlead.Client.Mqtt;

/// <summary>How a client comes back after it lost its connection: exponential backoff with jitter, so that a fleet does not return in step.</summary>
public sealed record ReconnectOptions
{
    /// <summary>Upper bound of the first delay; the delay is drawn between half of it and all of it. Default 0.5 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Upper bound of any delay. Default 30 s.</summary>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much the bound grows from one attempt to the next. Default 2.</summary>
    public double Multiplier { get; init; } = 2;

    /// <summary>How long a connection must have lasted for the next delay to start from <see cref="FirstDelay"/> again. Default 10 s.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts in a row before giving up; null for never giving up. Default null.</summary>
    public int? MaximumAttempts { get; init; }

    /// <summary>Whether <see cref="MqttClient.ConnectAsync"/> keeps trying too, instead of throwing at the first failure. Default false.</summary>
    public bool RetryFirstConnect { get; init; }

    /// <summary>
    /// Reason Codes of the Server after which the client stays away. Default: Session taken over, because two clients with one Client Identifier
    /// would otherwise throw each other out for ever.
    /// </summary>
    public IReadOnlyList<ReasonCode> StopOn { get; init; } = [ReasonCode.SessionTakenOver];
}
