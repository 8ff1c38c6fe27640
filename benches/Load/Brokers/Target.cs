using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Fairlead.Load.Brokers;

// A broker that can be started for a scenario.
internal abstract class Target
{
    internal abstract string Name { get; }

    internal abstract string Version { get; }

    internal abstract BrokerProcess Start(StartOptions options);

    // A client certificate that the broker, started with TLS, accepts.
    internal virtual X509Certificate2 CreateDevice(BrokerProcess broker, string data) =>
        throw new BenchException($"{Name}: the generator does not know how it takes client certificates.");

    internal static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
