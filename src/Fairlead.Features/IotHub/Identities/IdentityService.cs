using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Fairlead.Features.Documents;
using Fairlead.Features.Registry;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>
/// Rules of identities (spec/azure-gateway, section 4.3). What changes records is called under <see cref="DocumentStore.Gate"/> and
/// commits nothing; looking up takes no lock. A device is a thing: the identity of a thing that was there before shares its shadow and
/// leaves it behind; a thing that was made with the identity goes with it.
/// </summary>
internal sealed class IdentityService
{
    /// <summary>Most devices of a hub.</summary>
    public const int MostDevices = 1_000_000;

    /// <summary>Most modules of a device.</summary>
    public const int MostModules = 50;

    private readonly FeatureContext _context;
    private readonly ThingService _things;
    private readonly HubRecords _records;
    private readonly RecordTable<Identity> _table;
    private readonly IdentityChanges _changes;

    // Devices whose thing has another name than they have; the others need no entry.
    private readonly ConcurrentDictionary<string, string> _byThing = new(StringComparer.Ordinal);

    /// <summary>Makes the table; before documents are loaded.</summary>
    public IdentityService(FeatureContext context, HubRecords records, ThingService things)
    {
        _context = context;
        _records = records;
        _things = things;
        _table = new RecordTable<Identity>(context.Documents, "iothub-identities", IdentityJson.Default.Identity);
        _changes = new IdentityChanges(context, _table);
        _table.Changed += Count;
        things.Keepers.Add(KeeperOf);
    }

    /// <summary>
    /// What was granted to an identity before ends. Raised after the commit, without a lock, one at a time; must neither block nor throw.
    /// The deletion of a device is raised for it and for each of its modules.
    /// </summary>
    public event Action<IdentityName, IdentityChange> Changed
    {
        add => _changes.Changed += value;
        remove => _changes.Changed -= value;
    }

    /// <summary>Called under the gate when an identity goes, before its records do: what belongs to it goes too.</summary>
    public event Action<Identity>? Deleting;

    /// <summary>Devices.</summary>
    public int Devices { get; private set; }

    /// <summary>Devices that may connect.</summary>
    public int EnabledDevices { get; private set; }

    /// <summary>The identity of a name; null when there is none.</summary>
    public Identity? Find(IdentityName name) => _table.Find(name.Key);

    /// <summary>The device that a thing is; null when it is none.</summary>
    public Identity? DeviceOf(string thingName) =>
        Find(new IdentityName(_byThing.GetValueOrDefault(thingName, thingName))) is { } identity && identity.ThingName == thingName ? identity : null;

    /// <summary>The identity of a name.</summary>
    /// <exception cref="IotHubException">404.</exception>
    public Identity Get(IdentityName name) => Find(name) ?? throw new IotHubException(NotFound(name));

    /// <summary>404 for an identity that is not there; a module of a device that is not there is a device not found.</summary>
    public IotHubError NotFound(IdentityName name) => name.ModuleId is null || Find(name.Device) is null
        ? IotHubError.DeviceNotFound($"there is no device {name.DeviceId}")
        : IotHubError.ModuleNotFound($"there is no module {name.ModuleId} of the device {name.DeviceId}");

    /// <summary>Devices behind a key in ordinal order; null starts at the first. Under the gate.</summary>
    public IEnumerable<Identity> DevicesAfter(string? deviceId) =>
        _table.After(deviceId).Select(static entry => entry.Value).Where(static identity => identity.ModuleId is null);

    /// <summary>Modules behind a key in ordinal order of device and module. Under the gate.</summary>
    public IEnumerable<Identity> ModulesAfter(string? key) =>
        _table.After(key).Select(static entry => entry.Value).Where(static identity => identity.ModuleId is not null);

    /// <summary>Modules of a device. Under the gate.</summary>
    public IEnumerable<Identity> ModulesOf(string deviceId)
    {
        string prefix = deviceId + "/";
        return _table.After(prefix).TakeWhile(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(static entry => entry.Value);
    }

    /// <summary>Creates an identity, and the thing when there is none.</summary>
    /// <exception cref="IotHubException">409 when it is there; 404 without its device; 400; 413 when there are too many.</exception>
    public Identity Create(IdentityName name, IdentityContent content)
    {
        if (Find(name) is not null)
        {
            throw new IotHubException(name.ModuleId is null
                ? IotHubError.DeviceAlreadyExists($"the device {name.DeviceId} exists already")
                : IotHubError.ModuleAlreadyExists($"the module {name.ModuleId} of the device {name.DeviceId} exists already"));
        }

        string thing = ThingNames.OfDevice(name.DeviceId);
        if (name.ModuleId is not null)
        {
            Get(name.Device);
            if (ModulesOf(name.DeviceId).Count() >= MostModules) throw new IotHubException(IotHubError.TooManyModules($"a device has at most {MostModules} modules"));
        }
        else if (Devices >= MostDevices)
        {
            throw new IotHubException(IotHubError.TooManyDevices($"there are {MostDevices} devices already"));
        }

        bool isNew = name.ModuleId is null && _records.Things.Find(thing) is null;
        var now = _context.Now;
        var identity = content.ApplyTo(new Identity(
            name.DeviceId, name.ModuleId, RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture) + now.ToString(CultureInfo.InvariantCulture), IdentityRules.NewETag(), now)
        {
            ThingName = thing,
            OwnsThing = isNew,
        }, now);
        _context.Documents.InOne(() =>
        {
            if (isNew) _things.Create(new NewThing(thing));
            _table.Save(name.Key, identity);
        });
        return identity;
    }

    /// <summary>Replaces what can be changed about an identity.</summary>
    /// <exception cref="IotHubException">404; 412 at another etag; 400.</exception>
    public Identity Update(IdentityName name, IdentityContent content, string? ifMatch)
    {
        var before = Get(name);
        CheckETag(before, ifMatch);
        var after = content.ApplyTo(before with { ETag = IdentityRules.NewETag() }, _context.Now);
        _table.Save(name.Key, after);
        return after;
    }

    /// <summary>Deletes an identity; a device with its modules and with the thing that was made with it, unless that has got principals.</summary>
    /// <exception cref="IotHubException">404; 412 at another etag.</exception>
    public void Delete(IdentityName name, string? ifMatch)
    {
        var identity = Get(name);
        CheckETag(identity, ifMatch);
        _context.Documents.InOne(() =>
        {
            if (name.ModuleId is null)
            {
                foreach (var module in ModulesOf(name.DeviceId).ToList()) Remove(module);
            }

            Remove(identity);
            if (identity is { ModuleId: null, OwnsThing: true } && _records.ThingPrincipals.RightsOf(identity.ThingName).IsEmpty) _things.Delete(identity.ThingName);
        });
    }

    private static void CheckETag(Identity identity, string? ifMatch)
    {
        if (ifMatch is not null and not "*" && ifMatch != identity.ETag)
            throw new IotHubException(IotHubError.PreconditionFailed($"the etag of {identity.Name} is another one"));
    }

    private void Remove(Identity identity)
    {
        Deleting?.Invoke(identity);
        _table.Remove(identity.Name.Key);
    }

    // A thing may not go away under the device that it is.
    private string? KeeperOf(string thingName) =>
        DeviceOf(thingName) is { } identity ? $"it is the device {identity.DeviceId} of the Azure dialect, which 'fairlead iothub device rm' deletes" : null;

    private void Count(string key, Identity? before, Identity? after)
    {
        var identity = (before ?? after)!;
        if (identity.ModuleId is not null) return;
        if (identity.ThingName != identity.DeviceId)
        {
            if (after is null) _byThing.TryRemove(identity.ThingName, out _);
            else _byThing[identity.ThingName] = identity.DeviceId;
        }

        Devices += (after is null ? 0 : 1) - (before is null ? 0 : 1);
        EnabledDevices += (after is { IsDisabled: false } ? 1 : 0) - (before is { IsDisabled: false } ? 1 : 0);
    }
}
