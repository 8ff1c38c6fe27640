using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Messages;

/// <summary>Answers retrieve commands from the local twin (spec/kanto-edge, section 14, rule 6).</summary>
/// <param name="map">The shadows.</param>
/// <param name="deviceId">Device id D.</param>
internal sealed class Retrieval(ShadowMap map, string deviceId)
{
    private const string Definition = "definition";
    private const int MostThings = 200;

    /// <summary>The answer; false when the state is not known here, so that the command has to go to the cloud.</summary>
    /// <param name="command">A retrieve.</param>
    /// <param name="value">What it asks for; null when there is an error.</param>
    /// <param name="error">Why there is no value.</param>
    public bool TryAnswer(TwinCommand command, out JsonValue? value, out TwinError? error)
    {
        (value, error) = (null, null);
        if (command.Topic is { Namespace: "_", Name: "_" })
        {
            if (Things(command.Value) is not { } things) return false;
            value = things;
        }
        else
        {
            if (!IsKnown(command.Child, command.Segments)) return false;
            if (Thing(command.Child) is not { } thing)
            {
                error = TwinError.ThingNotFound;
                return true;
            }

            value = JsonPointer.Find(thing, command.Segments);
            if (value is null)
            {
                error = command.Segments switch
                {
                    ["features", _] => TwinError.FeatureNotFound,
                    ["features", var feature, ..] => thing["features"]?[feature] is null ? TwinError.FeatureNotFound : TwinError.PropertyNotFound,
                    ["attributes", ..] => TwinError.AttributeNotFound,
                    ["features"] => TwinError.FeatureNotFound,
                    _ => TwinError.ThingNotFound,
                };
                return true;
            }
        }

        if (command.Fields is not { Length: > 0 } fields) return true;
        value = value.Kind == JsonKind.Array
            ? SelectEach(value, fields)
            : FieldSelector.Select(value, fields);
        if (value is null) error = TwinError.Invalid("The field selector is not valid.");
        return true;
    }

    /// <summary>The value at a path of a thing as the local twin has it; null when there is none.</summary>
    public JsonValue? Find(string child, ReadOnlySpan<string> path) => JsonPointer.Find(Thing(child), path);

    /// <summary>A thing as the local twin has it; null when nothing of it exists.</summary>
    public JsonValue? Thing(string child)
    {
        JsonValue? attributes = null;
        var features = new OrderedDictionary<string, JsonValue>(StringComparer.Ordinal);
        bool exists = false;
        foreach (var shadow in map.OfThing(child))
        {
            if (!shadow.Local.Exists) continue;
            exists = true;
            if (shadow.Address.Feature is { } feature) features[feature] = FeatureOf(shadow.Local);
            else attributes = shadow.Local.Reported ?? JsonValue.Empty;
        }

        if (!exists) return null;
        return JsonValue.Object(
            ("thingId", JsonValue.String(child.Length == 0 ? deviceId : $"{deviceId}:{child}")),
            ("attributes", attributes),
            ("features", features.Count == 0 ? null : JsonValue.Object(features)));
    }

    private static JsonValue? SelectEach(JsonValue things, string fields)
    {
        var selected = new JsonValue[things.Elements.Count];
        for (int i = 0; i < selected.Length; i++)
        {
            if (FieldSelector.Select(things.Elements[i], fields) is not { } chosen) return null;
            selected[i] = chosen;
        }

        return JsonValue.Array(selected);
    }

    private static JsonValue FeatureOf(ShadowState state)
    {
        var reported = state.Reported ?? JsonValue.Empty;
        return JsonValue.Object(
            (Definition, reported[Definition]),
            ("properties", reported.Without(Definition)),
            ("desiredProperties", state.Desired));
    }

    /// <summary>The things with given ids; null when one of them is not known here.</summary>
    private JsonValue? Things(JsonValue? value)
    {
        if (value?["thingIds"] is not { Kind: JsonKind.Array } ids || ids.Elements.Count > MostThings) return null;
        var things = new List<JsonValue>(ids.Elements.Count);
        foreach (var id in ids.Elements)
        {
            if (id.AsString() is not { } text || TwinCommand.ChildOf(text, deviceId) is not { } child || !IsKnown(child, [])) return null;
            if (Thing(child) is { } thing) things.Add(thing);
        }

        return JsonValue.Array([.. things]);
    }

    /// <summary>
    /// Whether all that a path may reach is known. A feature that was never heard of is known not to exist when the attributes of its thing
    /// are known.
    /// </summary>
    private bool IsKnown(string child, ReadOnlySpan<string> path)
    {
        if (path is ["features", var feature, ..] && map.Find(new ShadowAddress(child, feature)) is { } one) return one.CanAnswer;
        if (path is ["attributes", ..] && map.Find(new ShadowAddress(child, null)) is { } attributes) return attributes.CanAnswer;
        bool any = false;
        foreach (var shadow in map.OfThing(child))
        {
            if (!shadow.CanAnswer) return false;
            any = true;
        }

        return any;
    }
}
