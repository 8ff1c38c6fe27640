using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Fairlead.Server.Tls;

/// <summary>Names and addresses under which clients reach this machine.</summary>
internal static class MachineNames
{
    /// <summary>All of them: the host's name first, since it becomes the common name.</summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> further)
    {
        var names = new List<string> { Environment.MachineName.ToLowerInvariant(), "localhost", "127.0.0.1", "::1" };
        try
        {
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                foreach (var unicast in network.GetIPProperties().UnicastAddresses) AddAddress(names, unicast.Address);
            }
        }
        catch (NetworkInformationException)
        {
            // A sandbox that hides the interfaces: the names above remain, and Tls:Names adds what is missing.
        }

        names.AddRange(further);
        return [.. names.Where(static name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static void AddAddress(List<string> names, IPAddress address)
    {
        // Link-local addresses carry a scope that a certificate cannot.
        if (address.AddressFamily is AddressFamily.InterNetwork || !address.IsIPv6LinkLocal) names.Add(address.ToString());
    }
}
