using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Features.Description;

/// <summary>The schemas of documents, by name: made from the types that are read and written, so that they cannot say anything else.</summary>
internal sealed class SchemaBook
{
    private readonly SortedDictionary<string, JsonNode> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<(Type Type, bool IsRequest), string> _names = [];

    /// <summary>Refers to the schema of a type, and takes it up.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isRequest">Whether it is read: then no member has to be there, and the hub says what is missing.</param>
    public JsonObject Refer(JsonTypeInfo type, bool isRequest)
    {
        if (!_names.TryGetValue((type.Type, isRequest), out var name))
        {
            name = NameOf(type.Type);
            _names.Add((type.Type, isRequest), name);
            var schema = JsonSchemaExporter.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe });
            _schemas.Add(name, Amend(schema, name, isRequest)!);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    /// <summary>All that were referred to.</summary>
    public JsonObject ToJson()
    {
        var all = new JsonObject();
        foreach (var (name, schema) in _schemas) all[name] = schema;
        return all;
    }

    private string NameOf(Type type)
    {
        const string Suffix = "Document";
        var name = type.Name.EndsWith(Suffix, StringComparison.Ordinal) && type.Name.Length > Suffix.Length ? type.Name[..^Suffix.Length] : type.Name;
        // Slices do not know of each other's names.
        if (_schemas.ContainsKey(name)) name = type.Namespace![(type.Namespace!.LastIndexOf('.') + 1)..] + name;
        return name;
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(byte[]) && schema is JsonObject bytes) bytes["contentEncoding"] = "base64";
        return schema;
    }

    /// <summary>Members that may be null are left out when they are; references stay within the schema.</summary>
    private static JsonNode? Amend(JsonNode? node, string name, bool isRequest)
    {
        if (node is JsonArray list)
        {
            foreach (var entry in list) Amend(entry, name, isRequest);
            return node;
        }

        if (node is not JsonObject schema) return node;
        if (schema["$ref"] is JsonValue reference && reference.GetValue<string>() is ['#', ..] text) schema["$ref"] = $"#/components/schemas/{name}{text[1..]}";
        if (schema["required"] is JsonArray && schema["properties"] is JsonObject properties) Require(schema, properties, isRequest);
        foreach (var (_, value) in schema.ToArray()) Amend(value, name, isRequest);
        return node;
    }

    private static void Require(JsonObject schema, JsonObject properties, bool isRequest)
    {
        var needed = isRequest
            ? []
            : ((JsonArray)schema["required"]!).Select(static entry => entry!.GetValue<string>()).Where(member => !MayBeNull(properties[member])).ToArray();
        if (needed.Length == 0) schema.Remove("required");
        else schema["required"] = new JsonArray([.. needed.Select(static member => (JsonNode)member)]);
    }

    private static bool MayBeNull(JsonNode? property) =>
        property is not JsonObject schema || (schema["type"] is JsonArray types && types.Any(static type => type?.GetValue<string>() == "null"));
}
