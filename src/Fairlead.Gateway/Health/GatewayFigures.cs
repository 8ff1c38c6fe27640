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
}
