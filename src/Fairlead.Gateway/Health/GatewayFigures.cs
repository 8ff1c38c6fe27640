using Fairlead.Gateway.Devices;

namespace Fairlead.Gateway.Health;

/// <summary>What the gateway holds now.</summary>
/// <param name="Pools">Kind of credential, number of connection, whether it stands, devices in it.</param>
/// <param name="Devices">Devices with an entry.</param>
/// <param name="Waiting">Messages that wait for the hub.</param>
/// <param name="Locked">Messages that consumers hold.</param>
/// <param name="Bytes">Bytes of bodies in memory.</param>
/// <param name="Fault">Why a connection does not stand; empty when all do.</param>
internal sealed record GatewayFigures(
    IReadOnlyList<(string Kind, int Number, bool Live, int Devices)> Pools, int Devices, int Waiting, int Locked, long Bytes, string Fault)
{
    /// <summary>Connections that stand.</summary>
    public int Live => Pools.Count(static pool => pool.Live);

    /// <summary>Links attached now.</summary>
    public LinkFigures Links { get; init; }

    /// <summary>Messages given to the hub that it has not settled.</summary>
    public int Unsettled { get; init; }

    /// <summary>Messages that the hub would take now, of all devices together.</summary>
    public long CreditOut { get; init; }

    /// <summary>Messages that the gateway would take now, of all devices together.</summary>
    public int CreditIn { get; init; }
}

/// <summary>Links attached, by kind; pairs count once.</summary>
/// <param name="Telemetry">For device-to-cloud messages.</param>
/// <param name="Cloud">For cloud-to-device messages.</param>
/// <param name="Methods">For direct methods.</param>
/// <param name="Twins">For twins.</param>
internal readonly record struct LinkFigures(int Telemetry, int Cloud, int Methods, int Twins)
{
    /// <summary>These and those of one more device.</summary>
    public LinkFigures With(HubDevice device) => new(
        Telemetry + (device.Telemetry.IsAttached ? 1 : 0),
        Cloud + (device.CloudIfAny is { IsAttached: true } ? 1 : 0),
        Methods + (device.MethodsIfAny is { IsAttached: true } ? 1 : 0),
        Twins + (device.TwinIfAny is { IsAttached: true } ? 1 : 0));
}
