using System.Text.Json.Serialization;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>How an identity proves itself: <c>authentication.type</c> (spec/azure-gateway, section 4.3).</summary>
internal enum AuthenticationKind
{
    /// <summary>Tokens signed with one of two keys.</summary>
    [JsonStringEnumMemberName("sas")]
    Sas,

    /// <summary>A certificate by its thumbprint.</summary>
    [JsonStringEnumMemberName("selfSigned")]
    SelfSigned,

    /// <summary>A certificate that a registered CA issued, with the identity as common name.</summary>
    [JsonStringEnumMemberName("certificateAuthority")]
    CertificateAuthority,

    /// <summary>Not by itself: a policy's token speaks for it.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
