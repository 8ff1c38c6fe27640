using Fairlead.Features.Fleet.Queries;
using Fairlead.Features.Registry;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.Fleet;

/// <summary>A thing as the index sees it.</summary>
internal sealed class ThingView(Thing thing, HubRecords records, IShadowReader? shadows, IConnectivityReader? connectivity) : IFleetDocument
{
    private ThingShadowText? _shadow;

    /// <summary>The thing.</summary>
    public Thing Thing { get; } = thing;

    /// <summary>Names of its groups, those that it is a direct member of.</summary>
    public IEnumerable<string> Groups => records.GroupMemberships.LeftsOf(Thing.Name).Keys;

    /// <summary>Its connection; null when it never had one.</summary>
    public ThingConnection? Connection { get; } = connectivity?.Find(thing.Name);

    /// <summary>Its shadows.</summary>
    public ThingShadowText Shadow => _shadow ??= new ThingShadowText(shadows, Thing.Name);

    /// <inheritdoc/>
    public IEnumerable<FieldValue> ValuesOf(string field)
    {
        if (field.StartsWith("attributes.", StringComparison.Ordinal))
            return Thing.Attributes.TryGetValue(field["attributes.".Length..], out var value) ? [new FieldValue(value)] : [];
        if (field.StartsWith("shadow.", StringComparison.Ordinal)) return Shadow.ValuesOf(field["shadow.".Length..]);
        if (field.StartsWith("connectivity.", StringComparison.Ordinal)) return OfConnection(field["connectivity.".Length..]);
        return field switch
        {
            "thingName" => [new FieldValue(Thing.Name)],
            "thingId" => [new FieldValue(Thing.ThingId)],
            "registry.version" => [FieldValue.Of(Thing.Version)],
            "thingTypeName" or "registry.thingTypeName" => Thing.TypeName is { } type ? [new FieldValue(type)] : [],
            _ => Groups.Select(static group => new FieldValue(group)),
        };
    }

    /// <inheritdoc/>
    public IEnumerable<FieldValue> All()
    {
        yield return new FieldValue(Thing.Name);
        yield return new FieldValue(Thing.ThingId);
        if (Thing.TypeName is { } type) yield return new FieldValue(type);
        foreach (var group in Groups) yield return new FieldValue(group);
        foreach (var value in Thing.Attributes.Values) yield return new FieldValue(value);
        foreach (var value in Shadow.All()) yield return value;
    }

    private IEnumerable<FieldValue> OfConnection(string field)
    {
        // A thing that never was connected is not connected, and that is all.
        if (field == "connected") return [FieldValue.Of(Connection is { IsConnected: true })];
        if (Connection is not { } connection) return [];
        return field switch
        {
            "timestamp" => [FieldValue.Of(connection.Timestamp)],
            "disconnectReason" => connection.DisconnectReason is { } reason ? [new FieldValue(reason)] : [],
            "clientId" => [new FieldValue(connection.ClientId)],
            "keepAliveDuration" => [FieldValue.Of(connection.KeepAlive)],
            "cleanSession" => [FieldValue.Of(connection.SessionExpiry == 0)],
            _ => [FieldValue.Of(connection.SessionExpiry)],
        };
    }
}
