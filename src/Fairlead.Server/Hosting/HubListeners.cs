using System.Net;
using System.Net.Sockets;
using Fairlead.Broker;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.Logs;
using Fairlead.Server.Configuration;
using Fairlead.Server.Listeners;
using Fairlead.Server.Observability;
using Fairlead.Server.Tls;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>The listeners of a hub and what serves each of them.</summary>
internal sealed class HubListeners
{
    private readonly HubOptions _options;
    private readonly ILogger _log;
    private readonly Listener[] _all;
    private readonly ListenSockets _sockets;
    private readonly PlainAcceptor[] _plain;
    private readonly TlsConnections? _tls;

    public HubListeners(
        HubOptions options, MqttBroker broker, AmqpEndpoint endpoint, ServerCertificates? certificates, AuthenticationLog authentication, TimeProvider time,
        ILoggerFactory loggers)
    {
        _options = options;
        _log = loggers.CreateLogger("Fairlead.Listeners");
        _all = [.. options.Listen.Select(static url => new Listener(url))];
        _sockets = new ListenSockets(_all, options.PortsArePreferences);
        var mqtt = new MqttConnections(broker, options, time, new Logger<MqttConnections>(loggers));
        var amqp = new AmqpConnections(endpoint, options, time, new Logger<AmqpConnections>(loggers));
        _plain =
        [
            .. _all.Where(static l => l.Configured.IsBare)
                .Select(l => new PlainAcceptor(l, l.Kind == ListenerKind.Amqp ? amqp.RunPlainAsync : mqtt.RunPlainAsync, _log)),
        ];
        if (certificates is not null)
            _tls = new TlsConnections(options, certificates, mqtt, amqp, authentication, time, new Logger<TlsConnections>(loggers));
    }

    /// <summary>Addresses with real ports.</summary>
    public IReadOnlyList<ListenUrl> Bound => [.. _all.Select(static listener => listener.Bound)];

    /// <summary>Listeners that had to take another port, as sentences.</summary>
    public IReadOnlyList<string> Notes => _sockets.Notes;

    /// <summary>Whether some listener needs certificates.</summary>
    public static bool NeedTls(HubOptions options) => options.Listen.Any(static url => !url.IsPlaintext);

    /// <summary>Makes a listening socket for Kestrel.</summary>
    public Socket CreateSocket(EndPoint endPoint) => _sockets.Create(endPoint);

    /// <summary>Whether some listener needs Kestrel's server: all but plain MQTT and AMQP do.</summary>
    public bool UseServer => _all.Length > _plain.Length;

    /// <summary>Opens the listeners that carry plain MQTT and AMQP.</summary>
    /// <param name="transports">The socket transport, with the options of this hub.</param>
    public async Task StartPlainAsync(SocketTransportFactory transports)
    {
        foreach (var acceptor in _plain) await acceptor.StartAsync(transports);
    }

    /// <summary>Closes the listeners that carry plain MQTT and AMQP.</summary>
    public async Task StopPlainAsync()
    {
        foreach (var acceptor in _plain) await acceptor.DisposeAsync();
    }

    /// <summary>Gives every other listener its endpoint and its way through.</summary>
    public void Bind(KestrelServerOptions kestrel)
    {
        foreach (var listener in _all.Where(static listener => !listener.Configured.IsBare))
        {
            kestrel.Listen(listener.EndPoint, endpoint =>
            {
                listener.Attach(endpoint);
                endpoint.Protocols = HttpProtocols.Http1;
                Connect(endpoint, listener);
            });
        }
    }

    /// <summary>Called when every listener is open.</summary>
    public void Opened()
    {
        foreach (var listener in _all)
        {
            listener.Freeze();
            if (listener.Configured is { IsLoopback: false, IsPlaintext: true, TakesDevices: true }) _log.PlaintextListener(listener.Name);
            if (!listener.Configured.IsLoopback && listener.Configured.TakesMqtt && _options.Auth.AllowAnonymous && !_options.DevMode)
                _log.AnonymousListener(listener.Name);
        }

        foreach (var note in Notes) _log.ListenerNote(note);
    }

    private void Connect(ListenOptions endpoint, Listener listener)
    {
        switch (listener.Kind)
        {
            case ListenerKind.Ws or ListenerKind.Http:
                endpoint.Use(http => connection =>
                {
                    connection.Features.Set(listener);
                    return http(connection);
                });
                break;
            default:
                endpoint.Use(http => connection => _tls!.RunAsync(connection, listener, http));
                break;
        }
    }
}
