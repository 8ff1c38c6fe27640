using Fairlead.Edge.Twin.Storage;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>All shadows of a device, and which name belongs to which attributes or feature: once given, a name stays (spec/kanto-edge, section 13.9).</summary>
internal sealed class ShadowMap
{
    /// <summary>Shadows that one device may have here, its children's included.</summary>
    public const int MostShadows = 4096;

    private readonly OrderedDictionary<string, TwinShadow> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<ShadowAddress, TwinShadow> _byAddress = [];

    /// <summary>Takes what the store has kept.</summary>
    public ShadowMap(IEnumerable<TwinRecord> records)
    {
        foreach (var record in records) Add(TwinShadow.Restore(record));
        if (!_byName.ContainsKey("")) Add(new TwinShadow("", ShadowAddress.Classic));
    }

    /// <summary>All, in the order in which they were first seen.</summary>
    public IEnumerable<TwinShadow> All => _byName.Values;

    /// <summary>Whether there is no room for more.</summary>
    public bool IsFull => _byName.Count >= MostShadows;

    /// <summary>The shadow of an address; null when there has been none.</summary>
    public TwinShadow? Find(ShadowAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>The shadow of a name; null when there has been none.</summary>
    public TwinShadow? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The shadow of an address.</summary>
    /// <param name="address">What it holds.</param>
    /// <param name="rival">The shadow that has the usual name, so that this one got another; null when it got the usual name or had one.</param>
    public TwinShadow GetOrAdd(ShadowAddress address, out TwinShadow? rival)
    {
        rival = null;
        if (_byAddress.TryGetValue(address, out var known)) return known;
        string name = ShadowNames.Encode(address.RawName);
        if (_byName.TryGetValue(name, out rival)) name = ShadowNames.EncodeTagged(address);
        return Add(new TwinShadow(name, address));
    }

    /// <summary>
    /// The shadow of a name that the cloud made. What it holds can only be guessed: a feature of the child whose id the name begins with,
    /// else a feature of the device.
    /// </summary>
    public TwinShadow? FindOrAdopt(string name)
    {
        if (Find(name) is { } known) return known;
        if (IsFull) return null;
        string raw = ShadowNames.Decode(name);
        string child = "";
        foreach (var shadow in All)
        {
            string candidate = shadow.Address.Child;
            if (candidate.Length > child.Length && raw.Length > candidate.Length + 1 && raw[candidate.Length] == ':' && raw.StartsWith(candidate, StringComparison.Ordinal))
                child = candidate;
        }

        var address = new ShadowAddress(child, child.Length == 0 ? raw : raw[(child.Length + 1)..]);
        return _byAddress.ContainsKey(address) ? null : Add(new TwinShadow(name, address));
    }

    /// <summary>Shadows of a thing.</summary>
    /// <param name="child">The part of its id behind <c>D:</c>; empty for the device itself.</param>
    public IEnumerable<TwinShadow> OfThing(string child) => All.Where(shadow => shadow.Address.Child == child);

    private TwinShadow Add(TwinShadow shadow)
    {
        _byName.Add(shadow.Name, shadow);
        _byAddress.TryAdd(shadow.Address, shadow);
        return shadow;
    }
}
