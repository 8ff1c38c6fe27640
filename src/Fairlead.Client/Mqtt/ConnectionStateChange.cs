namespace Fairlead.Client.Mqtt;

/// <summary>A change of <see cref="MqttClient.State"/>.</summary>
/// <param name="State">The new state.</param>
/// <param name="Error">Why, when something failed; when closed, what the Server said against it at the last moment; null else.</param>
/// <param name="Attempt">When reconnecting: the number of the attempt that comes next, from 1; else 0.</param>
/// <param name="RetryIn">When reconnecting: how long until that attempt; else null.</param>
/// <param name="SessionPresent">When connected: whether the Server resumed the Session.</param>
public sealed record ConnectionStateChange(
    ConnectionState State,
    MqttException? Error = null,
    int Attempt = 0,
    TimeSpan? RetryIn = null,
    bool SessionPresent = false);
