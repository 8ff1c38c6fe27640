using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>An identity as services see it (spec/azure-gateway, section 4.3). Times that were never set are <c>0001-01-01T00:00:00Z</c>.</summary>
internal sealed record DeviceDocument(
    string DeviceId, string? ModuleId, string GenerationId, string Etag, string ConnectionState, string? Status, string? StatusReason, string ConnectionStateUpdatedTime,
    string? StatusUpdatedTime, string LastActivityTime, int CloudToDeviceMessageCount, AuthenticationDocument Authentication, CapabilitiesDocument? Capabilities, string? ManagedBy);

/// <summary>How an identity proves itself.</summary>
internal sealed record AuthenticationDocument(SymmetricKeyDocument? SymmetricKey, ThumbprintDocument? X509Thumbprint, string? Type);

/// <summary>Two keys.</summary>
internal sealed record SymmetricKeyDocument(string? PrimaryKey, string? SecondaryKey);

/// <summary>Two thumbprints.</summary>
internal sealed record ThumbprintDocument(string? PrimaryThumbprint, string? SecondaryThumbprint);

/// <summary>Capabilities.</summary>
internal sealed record CapabilitiesDocument(bool? IotEdge);

/// <summary>An identity as a caller sends it, also in bulk; members that only the hub sets are not looked at.</summary>
internal sealed record IdentityInput(
    string? DeviceId, string? Id, string? ModuleId, string? Etag, string? ImportMode, string? Status, string? StatusReason, AuthenticationDocument? Authentication,
    CapabilitiesDocument? Capabilities, string? ManagedBy, string? DeviceScope, IReadOnlyList<string>? ParentScopes, string? TwinETag, JsonElement? Tags, JsonElement? Properties)
{
    /// <summary>What it says about the identity.</summary>
    /// <exception cref="IotHubException">400.</exception>
    public IdentityContent Content()
    {
        if (!string.IsNullOrEmpty(DeviceScope) || ParentScopes is { Count: > 0 })
            throw new IotHubException(IotHubError.ArgumentInvalid("deviceScope and parentScopes are not offered by this hub: devices have no parents here"));
        bool isDisabled = Status?.ToUpperInvariant() switch
        {
            null or "" or "ENABLED" => false,
            "DISABLED" => true,
            _ => throw new IotHubException(IotHubError.ArgumentInvalid($"status must be enabled or disabled, not '{Status}'")),
        };
        // Callers that update send back what they read, and what they read shows the thumbprints that a kind has not as null or empty.
        var (keys, prints) = (Authentication?.SymmetricKey, Authentication?.X509Thumbprint);
        return new IdentityContent(
            isDisabled, StatusReason, Kind(), keys?.PrimaryKey, keys?.SecondaryKey, prints?.PrimaryThumbprint, prints?.SecondaryThumbprint, Capabilities?.IotEdge, ManagedBy);
    }

    private AuthenticationKind? Kind() => Authentication?.Type?.ToUpperInvariant() switch
    {
        null or "" when !string.IsNullOrEmpty(Authentication?.X509Thumbprint?.PrimaryThumbprint) || !string.IsNullOrEmpty(Authentication?.X509Thumbprint?.SecondaryThumbprint) => AuthenticationKind.SelfSigned,
        null or "" => Authentication?.SymmetricKey is null ? null : AuthenticationKind.Sas,
        "SAS" => AuthenticationKind.Sas,
        "SELFSIGNED" => AuthenticationKind.SelfSigned,
        "CERTIFICATEAUTHORITY" => AuthenticationKind.CertificateAuthority,
        "NONE" => AuthenticationKind.None,
        _ => throw new IotHubException(IotHubError.ArgumentInvalid($"authentication.type must be sas, selfSigned, certificateAuthority or none, not '{Authentication!.Type}'")),
    };
}

/// <summary>Result of a bulk operation.</summary>
internal sealed record BulkResultDocument(bool IsSuccessful, IReadOnlyList<BulkErrorDocument> Errors, IReadOnlyList<BulkErrorDocument> Warnings);

/// <summary>What went wrong with one identity of a bulk operation.</summary>
internal sealed record BulkErrorDocument(string DeviceId, string? ModuleId, int ErrorCode, string ErrorStatus);

/// <summary>Devices of the hub.</summary>
internal sealed record DeviceStatisticsDocument(int TotalDeviceCount, int EnabledDeviceCount, int DisabledDeviceCount);

/// <summary>Devices that are connected.</summary>
internal sealed record ServiceStatisticsDocument(int ConnectedDeviceCount);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeviceDocument))]
[JsonSerializable(typeof(IReadOnlyList<DeviceDocument>))]
[JsonSerializable(typeof(IdentityInput))]
[JsonSerializable(typeof(IReadOnlyList<IdentityInput>))]
[JsonSerializable(typeof(BulkResultDocument))]
[JsonSerializable(typeof(DeviceStatisticsDocument))]
[JsonSerializable(typeof(ServiceStatisticsDocument))]
internal sealed partial class IdentityDocumentJson : JsonSerializerContext;
