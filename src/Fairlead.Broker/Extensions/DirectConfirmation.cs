using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Extensions;

/// <summary>
/// Who waits for the PUBACK of one direct message. It is the only object that the broker keeps for the message, in the in-flight slot of
/// its Packet Identifier, until the PUBACK or the end of the connection.
/// </summary>
public abstract class DirectConfirmation
{
    /// <summary>
    /// Called once: acknowledged, or the connection ended. Runs under the receiving Session's lock: must neither block nor call the broker.
    /// </summary>
    /// <param name="result"><see cref="DirectResult.Acknowledged"/> or <see cref="DirectResult.Disconnected"/>.</param>
    /// <param name="code">Reason Code of the PUBACK; a negative one confirms too (spec/aws-messaging 3.7).</param>
    protected abstract void OnEnded(DirectResult result, ReasonCode code);

    internal void End(DirectResult result, ReasonCode code) => OnEnded(result, code);
}
