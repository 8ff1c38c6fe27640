using Fairlead.Features.Registry;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.Fleet;

/// <summary>The fleet index and what it serves, composed.</summary>
internal static class FleetServices
{
    /// <summary>The slices; before documents are loaded.</summary>
    /// <param name="context">Store, clock, broker.</param>
    /// <param name="records">Things and groups.</param>
    /// <param name="registry">Ways into them.</param>
    /// <param name="connectivity">How things are connected; null knows nothing of it.</param>
    /// <param name="shadows">Shadows; null knows none.</param>
    public static IEnumerable<IFeature> Features(
        FeatureContext context, HubRecords records, RegistryServices registry, IConnectivityReader? connectivity = null, IShadowReader? shadows = null)
    {
        var index = new FleetIndex(context, records, registry.Index, connectivity, shadows);
        return [new SearchFeature(context, index), new IndexingFeature(context), new ConnectivityFeature(context, records, index)];
    }
}
