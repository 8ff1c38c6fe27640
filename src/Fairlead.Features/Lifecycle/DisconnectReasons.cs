using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Lifecycle;

/// <summary>AWS' words for the end of a connection (spec/aws-messaging, section 2.1).</summary>
internal static class DisconnectReasons
{
    /// <summary>DISCONNECT, or the Close frame of a WebSocket.</summary>
    public const string ClientInitiated = "CLIENT_INITIATED_DISCONNECT";

    /// <summary>The transport ended without a DISCONNECT.</summary>
    public const string ConnectionLost = "CONNECTION_LOST";

    /// <summary>The client may no longer be connected: its certificate was deactivated.</summary>
    public const string Forbidden = "FORBIDDEN_ACCESS";

    /// <summary>The hub was not there to see the end.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>The client is connected, or never was.</summary>
    public const string None = "NONE";

    /// <summary>The word for an end.</summary>
    /// <param name="connection">The connection that ended.</param>
    /// <param name="cause">Who ended it and why.</param>
    public static string Of(in ConnectionEvent connection, in DisconnectCause cause) => cause.By switch
    {
        ClosedBy.Client => ClientInitiated,
        ClosedBy.Network => ConnectionLost,
        _ when cause.IsForbidden => Forbidden,
        _ => OfServer(cause.Code, connection.Transport.Protocol is "ws" or "wss" && connection.Transport.Identity is not null),
    };

    /// <summary>Whether the word stands for an end that the client wanted.</summary>
    public static bool IsClientInitiated(string reason) => reason == ClientInitiated;

    private static string OfServer(ReasonCode code, bool isSignedWebSocket) => code switch
    {
        ReasonCode.KeepAliveTimeout => "MQTT_KEEP_ALIVE_TIMEOUT",
        ReasonCode.SessionTakenOver => "DUPLICATE_CLIENTID",
        ReasonCode.NotAuthorized or ReasonCode.BadUserNameOrPassword or ReasonCode.BadAuthenticationMethod => "AUTH_ERROR",
        ReasonCode.Banned => Forbidden,
        ReasonCode.AdministrativeAction => "API_INITIATED_DISCONNECT",
        ReasonCode.MessageRateTooHigh or ReasonCode.ConnectionRateExceeded => "THROTTLED",
        ReasonCode.ServerShuttingDown or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved => "SERVER_INITIATED_DISCONNECT",
        ReasonCode.UnspecifiedError or ReasonCode.ImplementationSpecificError or ReasonCode.ServerBusy or ReasonCode.ServerUnavailable => "SERVER_ERROR",
        ReasonCode.MaximumConnectTime => isSignedWebSocket ? "WEBSOCKET_TTL_EXPIRATION" : "CUSTOMAUTH_TTL_EXPIRATION",
        // Second CONNECT, oversize payload (0x97 in the profile aws), and whatever else breaks the protocol.
        _ => "CLIENT_ERROR",
    };
}
