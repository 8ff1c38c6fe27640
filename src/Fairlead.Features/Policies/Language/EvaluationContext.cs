using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Fairlead.Features.Certificates;
using Fairlead.Features.Registry;

namespace Fairlead.Features.Policies.Language;

/// <summary>What policies may ask about a request besides its action and resource. Immutable; one serves a connection for long.</summary>
internal sealed record EvaluationContext
{
    /// <summary>Values longer than this are never put into a pattern (section 16.1).</summary>
    private const int LongestSubstitution = 1024;

    /// <summary>Clock of the time keys.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Whether it is an MQTT connection: only those have a Client Identifier and stand for a thing (section 16.2).</summary>
    public bool IsMqtt { get; init; }

    /// <summary>Client Identifier; null over HTTP.</summary>
    public string? ClientId { get; init; }

    /// <summary>Address of the peer, as text; null when unknown.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>Whether the transport is encrypted; null when unknown.</summary>
    public bool? IsSecure { get; init; }

    /// <summary>Server name that the client asked for; null when unknown, and on other actions of MQTT than Connect.</summary>
    public string? DomainName { get; init; }

    /// <summary>Id of the certificate that authenticated; null without one.</summary>
    public string? CertificateId { get; init; }

    /// <summary>That certificate; null without one.</summary>
    public DeviceCertificate? Certificate { get; init; }

    /// <summary>The thing behind the connection; null for none.</summary>
    public Thing? Thing { get; init; }

    /// <summary>Features that CONNECT used; default on other actions.</summary>
    public ImmutableArray<string> ConnectAttributes { get; init; }

    /// <summary>ARN of the Will's topic; null without a Will, and on other actions than Connect.</summary>
    public string? LastWillTopic { get; init; }

    /// <summary>Further keys of this request.</summary>
    public IReadOnlyDictionary<string, string>? Keys { get; init; }

    /// <summary>Address as policies compare it: an IPv4 address that came in through an IPv6 socket is an IPv4 address.</summary>
    public static string? TextOf(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();

    /// <summary>What a key has.</summary>
    public ContextValue Find(ContextKey key) => key.Kind switch
    {
        ContextKeyKind.ClientId => ContextValue.Of(ClientId),
        ContextKeyKind.SourceIp => ContextValue.Of(SourceAddress),
        ContextKeyKind.CertificateId => ContextValue.Of(CertificateId),
        ContextKeyKind.ThingName => ContextValue.Of(Thing?.Name),
        ContextKeyKind.ThingTypeName => ContextValue.Of(Thing?.TypeName),
        ContextKeyKind.ThingAttribute => ContextValue.Of(Thing?.Attributes.GetValueOrDefault(key.Part)),
        ContextKeyKind.IsAttached => ContextValue.Of(IsMqtt ? TextOf(Thing is not null) : null),
        ContextKeyKind.Certificate => Certificate is null ? default : CertificateFields.Of(Certificate).Find(key.Part, key.Index),
        ContextKeyKind.ConnectAttributes => ContextValue.Of(ConnectAttributes),
        ContextKeyKind.LastWillTopic => ContextValue.Of(LastWillTopic),
        ContextKeyKind.DomainName => ContextValue.Of(DomainName),
        ContextKeyKind.CurrentTime => ContextValue.Of(Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        ContextKeyKind.EpochTime => ContextValue.Of(Time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ContextKeyKind.SecureTransport => ContextValue.Of(IsSecure is { } secure ? TextOf(secure) : null),
        _ => ContextValue.Of(Keys?.GetValueOrDefault(key.Name)),
    };

    /// <summary>
    /// What a variable is replaced by; null leaves it unresolved. A field of a certificate is its owner's to choose: one that could be
    /// taken for a pattern, or is very long, is not put in (section 16.1).
    /// </summary>
    public string? Substitute(ContextKey key)
    {
        var value = Find(key).Single;
        if (value is null || key.Kind != ContextKeyKind.Certificate) return value;
        return value.Length > LongestSubstitution || value.AsSpan().ContainsAny("*$+?#") ? null : value;
    }

    private static string TextOf(bool value) => value ? "true" : "false";
}
