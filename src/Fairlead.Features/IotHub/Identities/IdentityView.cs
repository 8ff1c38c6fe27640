using System.Globalization;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>Puts together what services are told of an identity: its record, its connection, its queue.</summary>
internal sealed class IdentityView(IdentityPresence presence)
{
    /// <summary>How many cloud-to-device messages wait for an identity; the queue of those sets it.</summary>
    public Func<IdentityName, int> CountQueued { get; set; } = static _ => 0;

    /// <summary>An identity with its keys.</summary>
    public DeviceDocument Describe(Identity identity)
    {
        var activity = presence.Of(identity.Name);
        bool isDevice = identity.ModuleId is null;
        return new DeviceDocument(
            identity.DeviceId, identity.ModuleId, identity.GenerationId, identity.ETag, ConnectionState(identity.Name), isDevice ? Status(identity) : null, isDevice ? identity.StatusReason : null,
            Time(activity.ChangedAt), isDevice ? Time(identity.StatusUpdatedAt) : null, Time(activity.ActiveAt), CountQueued(identity.Name),
            new AuthenticationDocument(
                new SymmetricKeyDocument(identity.PrimaryKey, identity.SecondaryKey), new ThumbprintDocument(identity.PrimaryThumbprint, identity.SecondaryThumbprint), Kind(identity.Authentication)),
            isDevice ? new CapabilitiesDocument(identity.IsEdge) : null, identity.ManagedBy);
    }

    /// <summary>Whether it is connected, in the dialect's words.</summary>
    public string ConnectionState(IdentityName name) => presence.Of(name).IsConnected ? "Connected" : "Disconnected";

    /// <summary>When it last did anything.</summary>
    public string LastActivity(IdentityName name) => Time(presence.Of(name).ActiveAt);

    /// <summary>Whether it may connect, in the dialect's words.</summary>
    public static string Status(Identity identity) => identity.IsDisabled ? "disabled" : "enabled";

    /// <summary>A kind of authentication in the dialect's words.</summary>
    public static string Kind(AuthenticationKind kind) => kind switch
    {
        AuthenticationKind.SelfSigned => "selfSigned",
        AuthenticationKind.CertificateAuthority => "certificateAuthority",
        AuthenticationKind.None => "none",
        _ => "sas",
    };

    /// <summary>A time; 0 is the one that was never set.</summary>
    /// <param name="milliseconds">Since the Unix epoch.</param>
    public static string Time(long milliseconds) => milliseconds == 0
        ? "0001-01-01T00:00:00Z"
        : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
}
