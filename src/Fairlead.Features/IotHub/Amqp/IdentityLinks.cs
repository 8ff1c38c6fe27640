using Fairlead.Features.IotHub.Identities;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// The links of each identity on all connections. Of each kind and direction there is one, and a later one takes its place; only of links that
/// send telemetry there may be several (spec/azure-gateway, sections 2.4 rule 6 and 10). Thread-safe.
/// </summary>
internal sealed class IdentityLinks(IdentityPresence presence)
{
    private static readonly AmqpError Stolen = new(AmqpCondition.Stolen, "a later link of this device has taken over");

    private readonly Lock _gate = new();
    private readonly Dictionary<IdentityName, List<HubLink>> _links = [];

    /// <summary>Adds a link; one whose place it takes is detached.</summary>
    public void Add(HubLink link)
    {
        HubLink? older = null;
        lock (_gate)
        {
            if (!_links.TryGetValue(link.Identity, out var list)) _links.Add(link.Identity, list = []);
            if (link.IsExclusive)
            {
                older = list.Find(known => known.Kind == link.Kind && known.IsSender == link.IsSender);
                if (older is not null) list.Remove(older);
            }

            // Under the gate, so that coming and going are told in their order.
            if (list.Count == 0 && older is null) presence.OnConnected(link.Identity);
            list.Add(link);
        }

        older?.End(Stolen);
    }

    /// <summary>Removes a link; one that was taken over is gone already.</summary>
    public void Remove(HubLink link)
    {
        lock (_gate)
        {
            if (!_links.TryGetValue(link.Identity, out var list) || !list.Remove(link) || list.Count > 0) return;
            _links.Remove(link.Identity);
            presence.OnDisconnected(link.Identity);
        }
    }

    /// <summary>The links of an identity.</summary>
    public IReadOnlyList<HubLink> Of(IdentityName identity)
    {
        lock (_gate) return _links.TryGetValue(identity, out var list) ? [.. list] : [];
    }
}
