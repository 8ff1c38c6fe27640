using Fairlead.Broker;
using Fairlead.Features.Documents;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features;

/// <summary>What every slice is built on.</summary>
internal sealed class FeatureContext(HubScope scope, DocumentStore documents, TimeProvider time, ILoggerFactory loggers)
{
    private MqttBroker? _broker;

    /// <summary>Partition, region, account.</summary>
    public HubScope Scope { get; } = scope;

    /// <summary>Records in memory and on the disk.</summary>
    public DocumentStore Documents { get; } = documents;

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Log.</summary>
    public ILoggerFactory Loggers { get; } = loggers;

    /// <summary>The broker; there from <see cref="IFeature.Attach"/> on. (It needs the features' authenticator and authorizer first.)</summary>
    public MqttBroker Broker => _broker ?? throw new InvalidOperationException("The features are not attached to a broker yet.");

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Called once, before the broker starts.</summary>
    public void Attach(MqttBroker broker) => _broker = broker;
}
