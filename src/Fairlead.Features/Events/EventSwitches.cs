using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Events;

/// <summary>Which registry events are wanted; none until somebody says so (spec/aws-registry-and-policies, section 10).</summary>
internal sealed class EventSwitches
{
    private const string Key = "events";

    private volatile EventConfigurations _now = new([], 0, 0);

    /// <summary>Makes the table; before documents are loaded.</summary>
    public EventSwitches(DocumentStore documents)
    {
        Table = new RecordTable<EventConfigurations>(documents, "event-configurations", EventRecordJson.Default.EventConfigurations);
        Table.Changed += (_, _, after) => _now = after ?? _now;
    }

    /// <summary>All kinds of events.</summary>
    public static ImmutableArray<string> Kinds { get; } =
    [
        "CA_CERTIFICATE", "CERTIFICATE", "JOB", "JOB_EXECUTION", "POLICY", "THING", "THING_GROUP", "THING_GROUP_HIERARCHY", "THING_GROUP_MEMBERSHIP",
        "THING_TYPE", "THING_TYPE_ASSOCIATION",
    ];

    /// <summary>What was said so far.</summary>
    public EventConfigurations Present => _now;

    private RecordTable<EventConfigurations> Table { get; }

    /// <summary>Whether a kind is wanted. Takes no lock.</summary>
    public bool Wants(string kind) => _now.Enabled.Contains(kind);

    /// <summary>Keeps what is wanted. Under the gate.</summary>
    public void Save(EventConfigurations configurations) => Table.Save(Key, configurations);
}

/// <summary>The kinds of events that are wanted.</summary>
/// <param name="Enabled">Those that are.</param>
/// <param name="CreatedAt">When they were first set, milliseconds since the Unix epoch; 0 for never.</param>
/// <param name="ModifiedAt">When they were last set.</param>
internal sealed record EventConfigurations(ImmutableHashSet<string> Enabled, long CreatedAt, long ModifiedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventConfigurations))]
internal sealed partial class EventRecordJson : JsonSerializerContext;
