using Fairlead.Features.Api;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Registry;

/// <summary>The rules of the registry, which other slices call too.</summary>
internal sealed class RegistryServices
{
    /// <summary>Makes them over the shared records.</summary>
    public RegistryServices(FeatureContext context, HubRecords records)
    {
        Index = new RegistryIndex(records);
        Types = new ThingTypeService(context, records, Index);
        BillingGroups = new BillingGroupService(context, records, Index);
        Things = new ThingService(context, records, Types, BillingGroups);
        Groups = new ThingGroupService(context, records, Index);
        Memberships = new MembershipService(context, records, Things, Groups);
        Principals = new ThingPrincipalService(context, records, Things);
    }

    /// <summary>The registry's operations.</summary>
    public static IEnumerable<IFeature> Features(FeatureContext context, HubRecords records, RegistryServices registry, TagService tags, IApiAuthorizer authorizer)
    {
        var pages = new RegistryPages(context.Documents);
        var access = new ResourceAccess(authorizer);
        return
        [
            new ThingFeature(registry, new ThingSearch(records, registry.Index, pages), pages, access),
            new ThingTypeFeature(records, registry, tags, pages),
            new ThingGroupFeature(records, registry, tags, pages, access),
            new MembershipFeature(context, records, registry, pages, access),
            new BillingGroupFeature(context, registry, tags, pages, access),
            new ThingPrincipalFeature(records, registry, pages),
        ];
    }

    /// <summary>Ways into the records.</summary>
    public RegistryIndex Index { get; }

    /// <summary>Things.</summary>
    public ThingService Things { get; }

    /// <summary>Thing types.</summary>
    public ThingTypeService Types { get; }

    /// <summary>Thing groups.</summary>
    public ThingGroupService Groups { get; }

    /// <summary>Which thing is in which group.</summary>
    public MembershipService Memberships { get; }

    /// <summary>Billing groups.</summary>
    public BillingGroupService BillingGroups { get; }

    /// <summary>Which principal belongs to which thing.</summary>
    public ThingPrincipalService Principals { get; }
}
