using System.Text.Json.Serialization;
using Fairlead.Broker;
using Fairlead.Features.Api;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Events;

/// <summary>Registry events and their switches, and the reserved topics of all events.</summary>
internal sealed class EventFeature : IFeature
{
    private readonly FeatureContext _context;
    private readonly EventSwitches _switches;
    private readonly RegistryEvents _events;

    /// <summary>Makes the slice; before documents are loaded.</summary>
    public EventFeature(FeatureContext context, HubRecords records)
    {
        _context = context;
        _switches = new EventSwitches(context.Documents);
        Queue = new EventQueue(context, new Logger<EventQueue>(context.Loggers));
        _events = new RegistryEvents(context, records, _switches, Queue);
    }

    /// <summary>Events on their way.</summary>
    public EventQueue Queue { get; }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Control("DescribeEventConfigurations", "GET", "/event-configurations", Describe),
        ApiOperation.Control("UpdateEventConfigurations", "PATCH", "/event-configurations", UpdateAsync),
    ];

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddTopicOwner(new EventTopics());

    /// <inheritdoc/>
    public void Start()
    {
        // From here on: what was loaded is no event.
        _events.Follow();
        Queue.Start();
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync() => await Queue.StopAsync().ConfigureAwait(false);

    private static double? Seconds(long milliseconds) => milliseconds == 0 ? null : milliseconds / 1000.0;

    private ValueTask<ApiResponse> Describe(ApiRequest request)
    {
        var present = _switches.Present;
        return new(ApiResponse.Json(
            new EventConfigurationsDocument(
                EventSwitches.Kinds.ToDictionary(static kind => kind, kind => (EventConfigurationDocument?)new(present.Enabled.Contains(kind)), StringComparer.Ordinal),
                Seconds(present.CreatedAt), Seconds(present.ModifiedAt)),
            EventConfigurationJson.Default.EventConfigurationsDocument));
    }

    private async ValueTask<ApiResponse> UpdateAsync(ApiRequest request)
    {
        var input = request.Body(EventConfigurationJson.Default.EventConfigurationsDocument).EventConfigurations ?? new Dictionary<string, EventConfigurationDocument?>();
        foreach (var kind in input.Keys)
        {
            if (!EventSwitches.Kinds.Contains(kind)) throw ApiException.InvalidRequest($"'{kind}' is not one of {string.Join(", ", EventSwitches.Kinds)}");
        }

        lock (_context.Documents.Gate)
        {
            var present = _switches.Present;
            var enabled = present.Enabled;
            foreach (var (kind, one) in input) enabled = one?.Enabled == true ? enabled.Add(kind) : enabled.Remove(kind);
            _switches.Save(new EventConfigurations(enabled, present.CreatedAt == 0 ? _context.Now : present.CreatedAt, _context.Now));
        }

        await _context.Documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }
}

/// <summary>Body of UpdateEventConfigurations, and answer of DescribeEventConfigurations.</summary>
internal sealed record EventConfigurationsDocument(
    IReadOnlyDictionary<string, EventConfigurationDocument?>? EventConfigurations, double? CreationDate, double? LastModifiedDate);

/// <summary>One switch.</summary>
internal sealed record EventConfigurationDocument([property: JsonPropertyName("Enabled")] bool? Enabled);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventConfigurationsDocument))]
internal sealed partial class EventConfigurationJson : JsonSerializerContext;
