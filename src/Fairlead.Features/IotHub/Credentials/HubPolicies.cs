using Fairlead.Features.Documents;
using Fairlead.Features.IotHub.Identities;

namespace Fairlead.Features.IotHub.Credentials;

/// <summary>The policies of the hub (spec/azure-gateway, section 5.2): five, made at the first start, each with keys of this hub alone.</summary>
internal sealed class HubPolicies
{
    /// <summary>The policy that may do everything.</summary>
    public const string Owner = "iothubowner";

    private static readonly (string Name, HubPermissions Permissions)[] BuiltIn =
    [
        (Owner, HubPermissions.All), ("service", HubPermissions.ServiceConnect), ("device", HubPermissions.DeviceConnect),
        ("registryRead", HubPermissions.RegistryRead), ("registryReadWrite", HubPermissions.RegistryRead | HubPermissions.RegistryWrite),
    ];

    private readonly FeatureContext _context;
    private readonly RecordTable<HubPolicy> _table;

    /// <summary>Makes the table; before documents are loaded.</summary>
    public HubPolicies(FeatureContext context)
    {
        _context = context;
        _table = new RecordTable<HubPolicy>(context.Documents, "iothub-policies", HubPolicyJson.Default.HubPolicy);
    }

    /// <summary>The policy of a name; null when there is none.</summary>
    public HubPolicy? Find(string name) => _table.Find(name);

    /// <summary>All of them in the order in which they are told of.</summary>
    public IEnumerable<HubPolicy> All => BuiltIn.Select(one => _table.Find(one.Name)).OfType<HubPolicy>();

    /// <summary>Makes those that are missing. Once, when all records are loaded.</summary>
    public void Start()
    {
        lock (_context.Documents.Gate)
        {
            foreach (var (name, permissions) in BuiltIn)
            {
                if (_table.Find(name) is null) _table.Save(name, new HubPolicy(name, permissions, IdentityRules.NewKey(), IdentityRules.NewKey(), _context.Now));
            }
        }
    }

    /// <summary>Gives a policy new keys. Under the gate.</summary>
    /// <param name="name">Policy.</param>
    /// <param name="primary">Whether the first one is made anew.</param>
    /// <param name="secondary">Whether the second one is made anew.</param>
    /// <returns>The policy afterwards; null when there is none.</returns>
    public HubPolicy? Renew(string name, bool primary, bool secondary)
    {
        if (_table.Find(name) is not { } policy) return null;
        policy = policy with
        {
            PrimaryKey = primary ? IdentityRules.NewKey() : policy.PrimaryKey,
            SecondaryKey = secondary ? IdentityRules.NewKey() : policy.SecondaryKey,
        };
        _table.Save(name, policy);
        return policy;
    }
}
