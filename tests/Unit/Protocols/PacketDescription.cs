using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Unit.Protocols;

/// <summary>
/// Packets as JSON in the form of the vector files: camel case, enums as numbers, bytes as hex, User Properties as pairs; what is absent,
/// empty or has the default of its type is left out.
/// </summary>
internal static class PacketDescription
{
    public static JsonObject Of(object packet)
    {
        if (packet is PacketType ping)
            return new JsonObject { ["type"] = ping.ToString().ToUpperInvariant() };
        JsonObject description = Members(packet);
        if (description["type"] is null)
            description.Insert(0, "type", packet.GetType().Name.Replace("Packet", "", StringComparison.Ordinal).ToUpperInvariant());
        return description;
    }

    private static JsonObject Members(object value)
    {
        var members = new JsonObject();
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            object? member = property.GetValue(value);
            if (member is null || IsDefault(member, property.Name, property.PropertyType))
                continue;
            members[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = property.Name == "Type"
                ? member.ToString()!.ToUpperInvariant()
                : Node(member);
        }

        return members;
    }

    private static bool IsDefault(object member, string name, Type type) => member switch
    {
        ReadOnlyMemory<byte> memory => memory.IsEmpty,
        string => false,
        PublishProperties properties => Members(properties).Count == 0,
        byte[] bytes => bytes.Length == 0 && name == nameof(PublishPacket.Payload),
        ICollection collection => collection.Count == 0,
        ValueType => Nullable.GetUnderlyingType(type) is null && member.Equals(Activator.CreateInstance(type)),
        _ => false,
    };

    private static JsonNode Node(object member) => member switch
    {
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        byte[] bytes => JsonValue.Create(Convert.ToHexStringLower(bytes)),
        ReadOnlyMemory<byte> memory => JsonValue.Create(Convert.ToHexStringLower(memory.Span)),
        UserProperty property => new JsonArray(property.Name, property.Value),
        IEnumerable items => new JsonArray([.. items.Cast<object>().Select(Node)]),
        Enum or byte or ushort or uint => JsonValue.Create(Convert.ToInt64(member, System.Globalization.CultureInfo.InvariantCulture)),
        _ => Members(member),
    };
}
