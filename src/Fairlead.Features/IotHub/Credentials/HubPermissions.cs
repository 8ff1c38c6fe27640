namespace Fairlead.Features.IotHub.Credentials;

/// <summary>What a policy allows (spec/azure-gateway, section 5.2).</summary>
[Flags]
internal enum HubPermissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read identities, query.</summary>
    RegistryRead = 1,

    /// <summary>Change identities.</summary>
    RegistryWrite = 2,

    /// <summary>Twins, methods, cloud-to-device messages, feedback, reading what devices sent.</summary>
    ServiceConnect = 4,

    /// <summary>Act as any device.</summary>
    DeviceConnect = 8,

    /// <summary>All of them.</summary>
    All = RegistryRead | RegistryWrite | ServiceConnect | DeviceConnect,
}
