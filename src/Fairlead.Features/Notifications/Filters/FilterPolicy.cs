using System.Text.Json;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Filters;

/// <summary>
/// Which messages a subscription wants (SNS Developer Guide, "Amazon SNS message filtering"): each name must have a value for which one
/// of its conditions holds. In the scope of the body, names may lead into objects.
/// </summary>
internal sealed class FilterPolicy
{
    /// <summary>Longest policy, bytes.</summary>
    public const int Longest = 30 * 1024;

    private const int Deepest = 16;
    private readonly IReadOnlyList<FilterName> _names;
    private readonly bool _ofBody;

    private FilterPolicy(IReadOnlyList<FilterName> names, bool ofBody) => (_names, _ofBody) = (names, ofBody);

    /// <summary>Reads a policy.</summary>
    /// <param name="json">JSON object.</param>
    /// <param name="ofBody">Whether it is about the body instead of the attributes.</param>
    /// <exception cref="NotificationException">400: it is malformed, or has an operator that is not offered, which is named.</exception>
    public static FilterPolicy Parse(string json, bool ofBody)
    {
        if (NotificationText.Bytes(json) > Longest) throw FilterParser.Wrong($"it is longer than {Longest} bytes");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            return new FilterPolicy(FilterParser.Names(document.RootElement, ofBody), ofBody);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter: half a surrogate pair in a text.
            throw FilterParser.Wrong("it is not JSON");
        }
    }

    /// <summary>Whether a message is wanted.</summary>
    /// <param name="message">The message.</param>
    /// <param name="protocol">Protocol whose text counts.</param>
    public bool Wants(PendingMessage message, Protocol protocol) => _ofBody
        ? WantsBody(message.BodyFor(protocol))
        : _names.All(name => name.Holds(AttributeValues(message, name.Name)));

    private static List<FilterValue> AttributeValues(PendingMessage message, string name)
    {
        var values = new List<FilterValue>();
        foreach (var attribute in message.Attributes)
        {
            if (attribute.Name != name) continue;
            switch (attribute.Type)
            {
                case "String":
                    values.Add(FilterValue.OfText(attribute.Value));
                    break;
                case "Number":
                    values.Add(FilterValue.ParseNumber(attribute.Value));
                    break;
                case "String.Array":
                    // It was checked when it was published.
                    using (var array = JsonDocument.Parse(attribute.Value))
                        values.AddRange(array.RootElement.EnumerateArray().Select(FilterValue.Of));
                    break;
                default:
                    values.Add(FilterValue.Other);
                    break;
            }
        }

        return values;
    }

    private bool WantsBody(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && Holds(_names, [document.RootElement]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // Arrays on the way stand for each of their elements.
    private static bool Holds(IReadOnlyList<FilterName> names, List<JsonElement> objects) => names.All(name =>
    {
        var found = new List<JsonElement>();
        foreach (var one in objects)
        {
            if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name.Name, out var value)) Spread(value, found);
        }

        return name.Inner is { } inner ? Holds(inner, found) : name.Holds([.. found.Select(FilterValue.Of)]);
    });

    private static void Spread(JsonElement value, List<JsonElement> into)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            into.Add(value);
            return;
        }

        foreach (var element in value.EnumerateArray()) Spread(element, into);
    }
}

/// <summary>A name of a policy.</summary>
/// <param name="Name">Name of an attribute, or of a member of the body.</param>
/// <param name="Conditions">One of these must hold.</param>
/// <param name="Inner">Names within it, in place of conditions; null otherwise.</param>
internal sealed record FilterName(string Name, IReadOnlyList<FilterCondition> Conditions, IReadOnlyList<FilterName>? Inner)
{
    /// <summary>Whether one of the conditions holds.</summary>
    public bool Holds(IReadOnlyList<FilterValue> values)
    {
        foreach (var condition in Conditions)
        {
            if (condition.Holds(values)) return true;
        }

        return false;
    }
}
