using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>
/// Turns the path and value of a twin command into edits of shadows, by the table of spec/kanto-edge, section 13.4. Pure: what features a
/// thing has is asked from the caller.
/// </summary>
/// <param name="featuresOf">Features that a thing (by its child part) is known to have.</param>
internal sealed class TwinConverter(Func<string, IReadOnlyList<string>> featuresOf)
{
    /// <summary>The edits of a command.</summary>
    /// <param name="child">The part of the thing id behind <c>D:</c>; empty for the device itself.</param>
    /// <param name="action">Any but retrieve.</param>
    /// <param name="path">Decoded segments of the path.</param>
    /// <param name="value">The value; null only for delete.</param>
    public TwinConversion Convert(string child, TwinAction action, string[] path, JsonValue? value)
    {
        if (action == TwinAction.Delete) return Delete(child, path);
        if (value is null) return TwinConversion.Refused("A value is needed.");
        bool replaces = action is TwinAction.Create or TwinAction.Modify;
        return path switch
        {
            [] => Thing(child, value, replaces),
            ["attributes"] => Attributes(child, value, replaces),
            ["attributes", .. var rest] => One(new ShadowEdit(new ShadowAddress(child, null), new SectionWrite(rest, value, replaces))),
            ["features"] => Features(child, value, replaces),
            ["features", var feature] => Feature(new ShadowAddress(child, feature), value, replaces, isListed: false),
            ["features", var feature, "properties"] => Properties(new ShadowAddress(child, feature), value, replaces),
            ["features", var feature, "properties", .. var rest] => One(new ShadowEdit(new ShadowAddress(child, feature), new SectionWrite(rest, value, replaces))),
            ["features", var feature, "definition"] => One(new ShadowEdit(new ShadowAddress(child, feature), new SectionWrite([Definition], value, replaces))),
            ["features", var feature, "desiredProperties"] => DesiredProperties(new ShadowAddress(child, feature), value, replaces),
            ["features", var feature, "desiredProperties", .. var rest] =>
                One(new ShadowEdit(new ShadowAddress(child, feature), null, new SectionWrite(rest, value, replaces))),
            _ => TwinConversion.Foreign,
        };
    }

    private const string Definition = "definition";

    private static SectionWrite Clear(string? spared = null) => new([], JsonValue.Empty, Replaces: true, spared);

    private static TwinConversion One(ShadowEdit edit) => new([edit], null);

    private TwinConversion Delete(string child, string[] path)
    {
        switch (path)
        {
            case []:
                return new TwinConversion([ShadowEdit.Delete(new ShadowAddress(child, null)), .. DeleteFeatures(child)], null);
            case ["attributes"]:
                return One(ShadowEdit.Delete(new ShadowAddress(child, null)));
            case ["attributes", .. var rest]:
                return One(new ShadowEdit(new ShadowAddress(child, null), Remove(rest)));
            case ["features"]:
                return new TwinConversion([.. DeleteFeatures(child)], null);
            case ["features", var feature]:
                return One(ShadowEdit.Delete(new ShadowAddress(child, feature)));
            case ["features", var feature, "properties"]:
                return One(new ShadowEdit(new ShadowAddress(child, feature), Clear(Definition)));
            case ["features", var feature, "properties", .. var rest]:
                return One(new ShadowEdit(new ShadowAddress(child, feature), Remove(rest)));
            case ["features", var feature, "definition"]:
                return One(new ShadowEdit(new ShadowAddress(child, feature), Remove([Definition])));
            case ["features", var feature, "desiredProperties"]:
                return One(new ShadowEdit(new ShadowAddress(child, feature), null, Clear()));
            case ["features", var feature, "desiredProperties", .. var rest]:
                return One(new ShadowEdit(new ShadowAddress(child, feature), null, Remove(rest)));
            default:
                return TwinConversion.Foreign;
        }
    }

    private static SectionWrite Remove(string[] path) => new(path, JsonValue.Null, Replaces: false);

    private IEnumerable<ShadowEdit> DeleteFeatures(string child, JsonValue? but = null) =>
        featuresOf(child).Where(feature => but?[feature] is null).Select(feature => ShadowEdit.Delete(new ShadowAddress(child, feature)));

    private TwinConversion Thing(string child, JsonValue value, bool replaces)
    {
        if (value.Kind != JsonKind.Object) return TwinConversion.Refused("The value of a thing must be an object.");
        var attributes = value["attributes"];
        var features = value["features"];
        if (attributes is null && features is null && !value.IsEmpty) return TwinConversion.Foreign;
        var conversion = attributes is not null ? Attributes(child, attributes, replaces)
            : replaces ? One(new ShadowEdit(new ShadowAddress(child, null), Clear()))
            : TwinConversion.Nothing;
        if (features is not null || replaces) conversion = conversion.And(Features(child, features ?? JsonValue.Empty, replaces));
        return conversion;
    }

    private static TwinConversion Attributes(string child, JsonValue value, bool replaces)
    {
        if (value.Kind is not (JsonKind.Object or JsonKind.Null)) return TwinConversion.Refused("The value of attributes must be an object.");
        if (!replaces && value.Kind == JsonKind.Object && value.IsEmpty) return TwinConversion.Nothing;
        bool replacing = replaces && value.Kind == JsonKind.Object;
        return One(new ShadowEdit(new ShadowAddress(child, null), new SectionWrite([], value, replacing, EvenEmpty: replacing)));
    }

    private TwinConversion Features(string child, JsonValue value, bool replaces)
    {
        if (value.Kind == JsonKind.Null) return new TwinConversion([.. DeleteFeatures(child)], null);
        if (value.Kind != JsonKind.Object) return TwinConversion.Refused("The value of features must be an object.");
        var conversion = TwinConversion.Nothing;
        foreach (var (name, feature) in value.Members!) conversion = conversion.And(Feature(new ShadowAddress(child, name), feature, replaces, isListed: true));
        return replaces ? conversion.And(new TwinConversion([.. DeleteFeatures(child, value)], null)) : conversion;
    }

    /// <summary>A whole feature.</summary>
    /// <param name="address">Its shadow.</param>
    /// <param name="value">Its new value.</param>
    /// <param name="replaces">Whether it replaces the old one.</param>
    /// <param name="isListed">Whether it came in a list of features, where a merge with null only empties it.</param>
    private static TwinConversion Feature(ShadowAddress address, JsonValue value, bool replaces, bool isListed)
    {
        if (value.Kind == JsonKind.Null)
            return One(replaces || isListed ? new ShadowEdit(address, new SectionWrite([], JsonValue.Null, Replaces: false)) : ShadowEdit.Delete(address));
        if (value.Kind != JsonKind.Object) return TwinConversion.Refused("The value of a feature must be an object.");
        var properties = value["properties"];
        var definition = value[Definition];
        var desired = value["desiredProperties"];
        if (properties is not (null or { Kind: JsonKind.Object or JsonKind.Null })) return TwinConversion.Refused("The properties of a feature must be an object.");
        if (properties is null && definition is null && desired is null && !value.IsEmpty) return TwinConversion.Foreign;
        SectionWrite? desiredWrite = null;
        if (desired is not null)
        {
            if (DesiredProperties(address, desired, replaces) is not { Error: null } conversion) return TwinConversion.Refused("The desired properties of a feature must be an object.");
            desiredWrite = conversion.Edits is [var edit] ? edit.Desired : null;
        }

        var reported = ReportedOf(properties, definition, replaces);
        bool clash = definition is not null && properties?[Definition] is not null;
        if (reported is null && desiredWrite is null) return TwinConversion.Nothing;
        return new TwinConversion([new ShadowEdit(address, reported, desiredWrite)], null) { HasDefinitionClash = clash };
    }

    private static SectionWrite? ReportedOf(JsonValue? properties, JsonValue? definition, bool replaces)
    {
        var content = definition is null ? JsonValue.Empty : JsonValue.Object((Definition, definition));
        if (properties is { Kind: JsonKind.Object })
        {
            foreach (var (name, property) in properties.Members!)
            {
                if (name != Definition || definition is null) content = content.With(name, property);
            }
        }

        if (replaces) return new SectionWrite([], content, Replaces: true, EvenEmpty: true);
        if (properties is { Kind: JsonKind.Null }) return Clear(Definition) with { Value = content };
        return content.IsEmpty ? null : new SectionWrite([], content, Replaces: false);
    }

    private static TwinConversion Properties(ShadowAddress address, JsonValue value, bool replaces)
    {
        if (value.Kind == JsonKind.Null) return One(new ShadowEdit(address, Clear(Definition)));
        if (value.Kind != JsonKind.Object) return TwinConversion.Refused("The value of properties must be an object.");
        if (value.IsEmpty && !replaces) return TwinConversion.Nothing;
        return One(new ShadowEdit(address, new SectionWrite([], value, replaces, Definition)));
    }

    private static TwinConversion DesiredProperties(ShadowAddress address, JsonValue value, bool replaces)
    {
        if (value.Kind == JsonKind.Null) return One(new ShadowEdit(address, null, Clear()));
        if (value.Kind != JsonKind.Object) return TwinConversion.Refused("The value of desiredProperties must be an object.");
        if (value.IsEmpty && !replaces) return TwinConversion.Nothing;
        return One(new ShadowEdit(address, null, new SectionWrite([], value, replaces)));
    }
}
