namespace Fairlead.Features.IotHub.Identities;

/// <summary>An identity of the Azure dialect: a device, or a module of one. Immutable; lies in the store as it is.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="ModuleId">Module; null for the device itself.</param>
/// <param name="GenerationId">Differs between identities of the same name that were made one after the other.</param>
/// <param name="ETag">Changes with each change of the identity; without quotes.</param>
/// <param name="CreatedAt">Milliseconds since the Unix epoch.</param>
internal sealed record Identity(string DeviceId, string? ModuleId, string GenerationId, string ETag, long CreatedAt)
{
    /// <summary>Its name.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IdentityName Name => new(DeviceId, ModuleId);

    /// <summary>Whether it may not connect.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Why it is enabled or disabled, in its maker's words; at most 128 characters.</summary>
    public string? StatusReason { get; init; }

    /// <summary>When it was last enabled or disabled, milliseconds since the Unix epoch; 0 for never.</summary>
    public long StatusUpdatedAt { get; init; }

    /// <summary>How it proves itself.</summary>
    public AuthenticationKind Authentication { get; init; }

    /// <summary>Key in base64, needed in the clear to verify signatures; null where it has none.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>The other one.</summary>
    public string? SecondaryKey { get; init; }

    /// <summary>Thumbprint: SHA-1 or SHA-256 of the certificate's DER in upper-case hexadecimal; null for none.</summary>
    public string? PrimaryThumbprint { get; init; }

    /// <summary>The other one.</summary>
    public string? SecondaryThumbprint { get; init; }

    /// <summary>Capability that its makers call IoT Edge; kept to be told again and asked for in queries.</summary>
    public bool IsEdge { get; init; }

    /// <summary>What manages a module, in its maker's words; null for none.</summary>
    public string? ManagedBy { get; init; }

    /// <summary>Name of the thing that it is, or whose module it is.</summary>
    public required string ThingName { get; init; }

    /// <summary>Whether the thing was made with it, and so goes with it.</summary>
    public bool OwnsThing { get; init; }
}
