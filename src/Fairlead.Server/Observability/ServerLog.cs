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

    [LoggerMessage(3003, LogLevel.Warning, "{Listener} takes passwords and messages from other machines unencrypted; mqtts://, wss:// and amqps:// do not")]
    public static partial void PlaintextListener(this ILogger log, string listener);

    [LoggerMessage(3004, LogLevel.Warning, "anonymous clients may connect from other machines through {Listener}")]
    public static partial void AnonymousListener(this ILogger log, string listener);

    [LoggerMessage(3005, LogLevel.Information, "{Note}")]
    public static partial void ListenerNote(this ILogger log, string note);

    [LoggerMessage(3009, LogLevel.Error, "the configuration could not be read again, the log level stays: {Reason}")]
    public static partial void LevelNotReloaded(this ILogger log, string reason);

    [LoggerMessage(3016, LogLevel.Error, "a connection to {Listener} could not be accepted (out of file descriptors?); others may be")]
    public static partial void AcceptFailed(this ILogger logger, Exception exception, string listener);

    [LoggerMessage(3010, LogLevel.Warning, "{Remote} sent a TLS ClientHello to {Listener}, which speaks in the clear: use a listener with TLS, or switch TLS off in the client")]
    public static partial void TlsOnPlainPort(this ILogger log, string listener, string remote);

    [LoggerMessage(3011, LogLevel.Warning, "{Remote} sent an HTTP request to {Listener}, which speaks MQTT")]
    public static partial void HttpOnMqttPort(this ILogger log, string listener, string remote);

    [LoggerMessage(3017, LogLevel.Warning, "{Remote} sent the header of AMQP to {Listener}, which speaks MQTT: use an amqp:// or amqps:// listener")]
    public static partial void AmqpOnMqttPort(this ILogger log, string listener, string remote);

    [LoggerMessage(3012, LogLevel.Debug, "{Remote} connected to {Listener} and left without a byte")]
    public static partial void ClosedWithoutByte(this ILogger log, string listener, string remote);

    [LoggerMessage(3013, LogLevel.Information, "{Remote} connected to {Listener} and sent nothing for {Seconds} s")]
    public static partial void OpeningTimeout(this ILogger log, string listener, string remote, double seconds);

    [LoggerMessage(3014, LogLevel.Warning, "{Remote} sent {What} to {Listener}, which speaks TLS: switch TLS on in the client, or use a plaintext listener")]
    public static partial void PlaintextOnTlsPort(this ILogger log, string listener, string remote, string what);

    [LoggerMessage(3015, LogLevel.Warning, "{Remote} on {Listener} refused at stage {Stage}: {Reason}", EventName = "connect_refused")]
    private static partial void TlsFailed(this ILogger log, string listener, string remote, string reason, string stage);

    public static void TlsFailed(this ILogger log, string listener, string remote, string reason) =>
        log.TlsFailed(listener, remote, reason, "tls");

    [LoggerMessage(3020, LogLevel.Information, "made {File}, valid until {Until:yyyy-MM-dd}: {Why}")]
    public static partial void CertificateMade(this ILogger log, string file, DateTimeOffset until, string why);

    [LoggerMessage(3021, LogLevel.Information, "certificates read again; connections stay as they are")]
    public static partial void CertificatesReloaded(this ILogger log);

    [LoggerMessage(3022, LogLevel.Error, "certificates could not be read again, the former stay in force: {Reason}")]
    public static partial void CertificatesNotReloaded(this ILogger log, string reason);

    [LoggerMessage(3023, LogLevel.Warning, "the server certificate {Subject} expires on {Until:yyyy-MM-dd}")]
    public static partial void CertificateExpires(this ILogger log, string subject, DateTimeOffset until);

    [LoggerMessage(3030, LogLevel.Information, "{Count} users read from {File}")]
    public static partial void UsersRead(this ILogger log, string file, int count);

    [LoggerMessage(3032, LogLevel.Information, "the console user {User} has the password that Admin:Password (FAIRLEAD_ADMIN_PASSWORD) gives")]
    public static partial void PasswordGiven(this ILogger log, string user);

    [LoggerMessage(3033, LogLevel.Warning, "the console user {User} has the password that Admin:Password (FAIRLEAD_ADMIN_PASSWORD) gives: the one stored in {File} is not used while it is given")]
    public static partial void PasswordOverridden(this ILogger log, string user, string file);

    [LoggerMessage(3031, LogLevel.Error, "users could not be read again, the former stay in force: {Reason}")]
    public static partial void UsersNotRead(this ILogger log, string reason);

    [LoggerMessage(3040, LogLevel.Warning, "{Remote} sent a text frame over WebSocket; MQTT goes in binary frames [MQTT-6.0.0-1]")]
    public static partial void TextFrame(this ILogger log, string remote);

    [LoggerMessage(3041, LogLevel.Warning, "{Remote} sent a signed WebSocket request that is refused: {Reason}")]
    public static partial void SignatureRefused(this ILogger log, string remote, string reason);

    [LoggerMessage(3006, LogLevel.Error, "a look at changed files failed; the next one follows")]
    public static partial void WatchFailed(this ILogger log, Exception exception);

    [LoggerMessage(3007, LogLevel.Warning, "the broker did not stop within {Seconds} s and is cut off")]
    public static partial void StopTimedOut(this ILogger log, double seconds);

    [LoggerMessage(3008, LogLevel.Information, "reading certificates and users again")]
    public static partial void Reloading(this ILogger log);

    [LoggerMessage(3050, LogLevel.Warning, "{Path} cannot be used, who is signed in to the console has to do so again after a restart: {Reason}")]
    public static partial void SessionsNotKept(this ILogger log, string path, string reason);

    [LoggerMessage(3060, LogLevel.Information, "backup of {Files} files, {Bytes} bytes, given to an administrator")]
    public static partial void BackedUp(this ILogger log, int files, long bytes);

    [LoggerMessage(3061, LogLevel.Error, "a backup was not made: {Reason}")]
    public static partial void BackupFailed(this ILogger log, string reason);
}
