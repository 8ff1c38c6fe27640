using System.Collections.Concurrent;
using System.IO.Pipelines;
using Fairlead.Amqp;
using Fairlead.Broker.Connections;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>
/// The hub as devices, services and readers of events see it over AMQP 1.0 (spec/azure-gateway, sections 2, 4.5 and 4.6). Each connection is
/// a <see cref="HubConnection"/>; what is attached to it translates between messages and the services, and decides nothing else.
/// </summary>
internal sealed class AmqpEndpoint
{
    private readonly ConcurrentDictionary<HubConnection, AmqpConnection> _connections = [];
    private volatile bool _stopping;

    /// <summary>Makes the endpoint.</summary>
    public AmqpEndpoint(AmqpServices services)
    {
        Services = services;
        Links = new IdentityLinks(services.Presence);
        Epochs = new ReaderEpochs();
        services.Identities.Changed += OnChanged;
    }

    /// <summary>What it needs of the hub.</summary>
    public AmqpServices Services { get; }

    /// <summary>What went over it.</summary>
    public AmqpCounters Counters { get; } = new();

    /// <summary>Which links belong to which identity.</summary>
    public IdentityLinks Links { get; }

    /// <summary>Who reads which partition.</summary>
    public ReaderEpochs Epochs { get; }

    /// <summary>The connections, the oldest first.</summary>
    public IReadOnlyList<HubConnection> Connections => [.. _connections.Keys.OrderBy(static connection => connection.Number)];

    /// <summary>What gateways have attached: connections that serve several devices, the oldest first.</summary>
    /// <param name="most">At most so many.</param>
    public IEnumerable<GatewayLoad> Gateways(int most) => Connections.Select(static connection => connection.Load).OfType<GatewayLoad>().Take(most);

    /// <summary>Serves a connection to its end. Never throws.</summary>
    /// <param name="pipe">Its bytes, past TLS and WebSocket.</param>
    /// <param name="transport">What is known about it.</param>
    /// <param name="cancellationToken">Its transport is gone.</param>
    public async Task RunAsync(IDuplexPipe pipe, TransportInfo transport, CancellationToken cancellationToken)
    {
        if (_stopping) return;
        using var connection = new HubConnection(this, transport);
        var engine = AmqpConnection.Accept(pipe, OptionsFor(transport), connection);
        _connections[connection] = engine;
        Counters.OnOpened();
        try
        {
            await engine.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            Counters.OnClosed();
        }
    }

    /// <summary>Says goodbye to every peer.</summary>
    public async Task StopAsync()
    {
        _stopping = true;
        Services.Identities.Changed -= OnChanged;
        var error = new AmqpError(AmqpCondition.ConnectionForced, "the hub is stopping");
        await Task.WhenAll(_connections.Values.Select(engine => engine.CloseAsync(error))).ConfigureAwait(false);
    }

    private AmqpOptions OptionsFor(TransportInfo transport) => new()
    {
        ContainerId = $"DeviceGateway_{Guid.NewGuid():N}",
        // A client that could not prove anything by EXTERNAL shall not be led to choose it.
        SaslMechanisms = transport.CertificateChain.Count == 0
            ? [SaslMechanism.Anonymous, SaslMechanism.MsSbCbs, SaslMechanism.Plain]
            : [SaslMechanism.Anonymous, SaslMechanism.MsSbCbs, SaslMechanism.Plain, SaslMechanism.External],
        // A hub that stops does not wait long for peers that do not say goodbye.
        CloseTimeout = TimeSpan.FromSeconds(2),
        Time = Services.Time,
    };

    private void OnChanged(IdentityName identity, IdentityChange change)
    {
        var error = change switch
        {
            IdentityChange.Deleted => Services.Identities.NotFound(identity),
            IdentityChange.Disabled => IotHubError.Unauthorized($"{identity} has been disabled"),
            _ => IotHubError.Unauthorized($"the credentials of {identity} have changed"),
        };
        foreach (var connection in _connections.Keys) connection.Tokens.DeleteOwn(identity);
        foreach (var link in Links.Of(identity))
        {
            // New keys void what was proved with the old ones; a policy's token was not.
            if (change != IdentityChange.KeysChanged || link.Token is null or { Grant.PolicyName: null }) link.End(AmqpErrors.Of(error, Services.Time));
        }
    }
}
