using System.Text.Json;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Destinations;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Kafka;

/// <summary>The kafka action as its author wrote it (spec/aws-rules, sections 7.1 and 7.2).</summary>
internal sealed class KafkaDefinition
{
    private const int MostHeaders = 100;
    private const int LongestHeader = 16_384;

    private KafkaDefinition(RuleTemplate topic) => Topic = topic;

    /// <summary>Topic.</summary>
    public RuleTemplate Topic { get; }

    /// <summary>Key; null for none.</summary>
    public RuleTemplate? Key { get; private init; }

    /// <summary>Partition; null lets the key decide.</summary>
    public RuleTemplate? Partition { get; private init; }

    /// <summary>Headers in their order.</summary>
    public IReadOnlyList<KeyValuePair<RuleTemplate, RuleTemplate>> Headers { get; private init; } = [];

    /// <summary>Properties of the client.</summary>
    public IReadOnlyList<KeyValuePair<string, RuleTemplate>> Properties { get; private init; } = [];

    /// <summary>Reads the definition.</summary>
    public static KafkaDefinition Read(JsonElement definition, ActionSetup setup, IRuleDestinations destinations)
    {
        setup.Only(definition, "destinationArn", "topic", "key", "partition", "headers", "clientProperties");
        var destination = setup.Text(definition, "destinationArn");
        if (!destination.Contains(":ruledestination/vpc/", StringComparison.Ordinal)) throw setup.Fault("destinationArn must be the ARN of a VPC destination");
        if (!destinations.Exists(destination)) throw setup.Fault($"destinationArn: there is no destination {destination}");
        return new KafkaDefinition(setup.Template(definition, "topic"))
        {
            Key = setup.OptionalTemplate(definition, "key"),
            Partition = setup.OptionalTemplate(definition, "partition"),
            Headers = ReadHeaders(definition, setup),
            Properties = ReadProperties(definition, setup),
        };
    }

    private static List<KeyValuePair<RuleTemplate, RuleTemplate>> ReadHeaders(JsonElement definition, ActionSetup setup)
    {
        var headers = new List<KeyValuePair<RuleTemplate, RuleTemplate>>();
        foreach (var entry in setup.List(definition, "headers", 0, MostHeaders))
        {
            setup.Only(entry, "key", "value");
            headers.Add(KeyValuePair.Create(
                setup.Template(entry, "key", LongestHeader), setup.OptionalTemplate(entry, "value", LongestHeader) ?? throw setup.Fault("headers: value is missing")));
        }

        return headers;
    }

    private static List<KeyValuePair<string, RuleTemplate>> ReadProperties(JsonElement definition, ActionSetup setup)
    {
        var properties = new List<KeyValuePair<string, RuleTemplate>>();
        foreach (var property in setup.Object(definition, "clientProperties").EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) throw setup.Fault($"clientProperties: {property.Name} must be a text");
            var template = setup.Parse(property.Value.GetString()!, $"clientProperties {property.Name}");
            if (KafkaProperties.Problem(property.Name, template.IsLiteral ? template.Text : null) is { } problem) throw setup.Fault($"clientProperties: {problem}");
            properties.Add(KeyValuePair.Create(property.Name, template));
        }

        if (properties.TrueForAll(static property => property.Key != "bootstrap.servers")) throw setup.Fault("clientProperties: bootstrap.servers is missing");
        if (properties.TrueForAll(static property => property.Value.IsLiteral))
        {
            var literal = properties.ToDictionary(static property => property.Key, static property => property.Value.Text, StringComparer.Ordinal);
            if (KafkaProperties.Translate(literal, new Dictionary<string, string>(StringComparer.Ordinal)) is { } problem) throw setup.Fault($"clientProperties: {problem}");
        }

        return properties;
    }
}
