using System.Net;
using System.Net.Sockets;

namespace Fairlead.Load.Brokers;

// A broker that can be started for a scenario.
internal abstract class Target
{
    internal abstract string Name { get; }

    internal abstract string Version { get; }

    internal abstract BrokerProcess Start(StartOptions options);

    protected static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
