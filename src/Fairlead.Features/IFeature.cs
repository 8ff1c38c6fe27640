using Fairlead.Broker;
using Fairlead.Features.Api;

namespace Fairlead.Features;

/// <summary>A slice: the operations that it offers over HTTP and what it hooks into the broker.</summary>
internal interface IFeature
{
    /// <summary>HTTP operations.</summary>
    IEnumerable<ApiOperation> Operations => [];

    /// <summary>Registers topic owners, taps and observers. Called once, before the broker starts and before documents are loaded.</summary>
    void Attach(MqttBroker broker)
    {
    }

    /// <summary>Called once, when all documents are loaded and before the first listener opens.</summary>
    void Start()
    {
    }

    /// <summary>Called once, when the broker has said goodbye to its clients and before the store is closed.</summary>
    ValueTask StopAsync() => default;
}
