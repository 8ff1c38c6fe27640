using Fairlead.Shared;
using Xunit;

[assembly: AssemblyFixture(typeof(Fairlead.Conformance.StandardHub))]
[assembly: CollectionBehavior(MaxParallelThreads = -1)]

namespace Fairlead.Conformance;

/// <summary>
/// One hub of the standard profile for all tests, each of which uses its own client identifiers and topics.
/// FAIRLEAD_CONFORMANCE_BROKER=mqtt://127.0.0.1:1883 runs the tests against another broker instead.
/// </summary>
public sealed class StandardHub : IAsyncLifetime
{
    private static readonly Uri? Foreign =
        Environment.GetEnvironmentVariable("FAIRLEAD_CONFORMANCE_BROKER") is { Length: > 0 } url ? new Uri(url) : null;

    private HubProcess? _hub;

    /// <summary>True when the broker under test is not ours: what only ours promises is then skipped.</summary>
    public static bool IsForeign => Foreign is not null;

    public Uri Mqtt => Foreign ?? Hub.Mqtt;

    public HubProcess Hub => _hub ?? throw new InvalidOperationException("There is no hub: the tests run against another broker.");

    public async ValueTask InitializeAsync()
    {
        if (IsForeign)
            return;

        _hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "ws://127.0.0.1:0/mqtt", "http://127.0.0.1:0"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null)
            await _hub.DisposeAsync();
    }
}
