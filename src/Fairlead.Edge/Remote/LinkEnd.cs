using Fairlead.Client.Mqtt;
using Fairlead.Edge.Status;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Edge.Remote;

/// <summary>How an attempt to connect, or a connection, ended.</summary>
/// <param name="WasConnected">Whether the connection stood.</param>
/// <param name="Lasted">How long.</param>
/// <param name="Error">Why it ended; null when this side wanted it.</param>
internal readonly record struct LinkEnd(bool WasConnected, TimeSpan Lasted, Exception? Error)
{
    /// <summary>Whether the server refused the credentials.</summary>
    public bool IsRefusal => Error is MqttException { Failure: MqttFailure.Refused } refused
        && (!refused.FromServer || refused.ReasonCode is ReasonCode.BadUserNameOrPassword or ReasonCode.NotAuthorized or ReasonCode.Banned);

    /// <summary>Kanto's word for it (spec sections 9 and 10).</summary>
    public string Cause => !WasConnected && IsRefusal ? ConnectionCause.NotAuthenticated : ConnectionCause.Error;
}
