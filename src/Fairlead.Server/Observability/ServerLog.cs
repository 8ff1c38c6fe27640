using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Observability;

/// <summary>What the server part logs. Event names are an interface: scripts look for them. Numbers 3000 to 3999.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(3000, LogLevel.Information, "ready after {Milliseconds} ms")]
    public static partial void Ready(this ILogger log, long milliseconds);

    [LoggerMessage(3001, LogLevel.Information, "stopping: {Reason}")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(3002, LogLevel.Information, "stopped after {Milliseconds} ms")]
    public static partial void Stopped(this ILogger log, long milliseconds);

    [LoggerMessage(3003, LogLevel.Warning, "{Listener} takes passwords and messages from other machines unencrypted; mqtts:// and wss:// do not")]
    public static partial void PlaintextListener(this ILogger log, string listener);

    [LoggerMessage(3004, LogLevel.Warning, "anonymous clients may connect from other machines through {Listener}")]
    public static partial void AnonymousListener(this ILogger log, string listener);

    [LoggerMessage(3005, LogLevel.Information, "{Note}")]
    public static partial void ListenerNote(this ILogger log, string note);

    [LoggerMessage(3010, LogLevel.Warning, "{Remote} sent a TLS ClientHello to {Listener}, which speaks plain MQTT: use an mqtts:// listener, or switch TLS off in the client")]
    public static partial void TlsOnPlainPort(this ILogger log, string listener, string remote);

    [LoggerMessage(3011, LogLevel.Warning, "{Remote} sent an HTTP request to {Listener}, which speaks MQTT")]
    public static partial void HttpOnMqttPort(this ILogger log, string listener, string remote);

    [LoggerMessage(3012, LogLevel.Debug, "{Remote} connected to {Listener} and left without a byte")]
    public static partial void ClosedWithoutByte(this ILogger log, string listener, string remote);

    [LoggerMessage(3013, LogLevel.Information, "{Remote} connected to {Listener} and sent nothing for {Seconds} s")]
    public static partial void OpeningTimeout(this ILogger log, string listener, string remote, double seconds);
}
