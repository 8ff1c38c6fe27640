using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Features.Logs;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Shadows;

/// <summary>
/// Device Shadows: state that outlives the connection, classic and named, over MQTT and HTTP (spec/aws-shadow).
/// </summary>
internal sealed class ShadowFeature : IFeature, IShadowReader
{
    private readonly ShadowService _service;
    private readonly ShadowPublisher _publisher;
    private readonly ShadowTopics _topics;
    private readonly ShadowHttp _http;

    /// <summary>Composes the slice.</summary>
    /// <param name="context">What every slice is built on.</param>
    /// <param name="records">Shared records.</param>
    /// <param name="log">The structured log.</param>
    /// <param name="authorizer">Decides about HTTP requests; MQTT ones are decided by their topics.</param>
    public ShadowFeature(FeatureContext context, HubRecords records, EventLog log, IApiAuthorizer authorizer)
    {
        _publisher = new ShadowPublisher(context, Desired, new Logger<ShadowPublisher>(context.Loggers));
        var answers = new ShadowAnswers(Counters, log);
        _service = new ShadowService(
            context, new ShadowTable(context.Documents), _publisher, answers, name => records.Things.Find(name) is not null);
        _topics = new ShadowTopics(context, _service, new Logger<ShadowTopics>(context.Loggers));
        _http = new ShadowHttp(context, _service, answers, authorizer);
    }

    /// <inheritdoc/>
    public event Action<string>? Changed
    {
        add => _publisher.Changed += value;
        remove => _publisher.Changed -= value;
    }

    /// <summary>The rules, for the Azure dialect, whose twins are shadows.</summary>
    public ShadowService Service => _service;

    /// <summary>Who hears of changes of desired in the Azure dialect.</summary>
    public DesiredListeners Desired { get; } = new();

    /// <summary>What was counted.</summary>
    public ShadowCounters Counters { get; } = new();

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => _http.Operations;

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddTopicOwner(_topics);

    /// <inheritdoc/>
    public byte[]? Find(string thingName, string? shadowName) => _service.Find(thingName, shadowName);

    /// <inheritdoc/>
    public IReadOnlyList<string> NamesOf(string thingName) => _service.NamesOf(thingName);
}
