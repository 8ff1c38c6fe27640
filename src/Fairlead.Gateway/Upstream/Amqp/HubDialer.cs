using Fairlead.Amqp;
using Fairlead.Client.Amqp;
using Fairlead.Client.Mqtt;
using Fairlead.Gateway.Configuration;

namespace Fairlead.Gateway.Upstream.Amqp;

/// <summary>Connects to a hub: TCP, TLS or WebSocket, AMQP without SASL as the device SDKs do, one session, claims-based security (spec sections 2.1 to 2.3).</summary>
internal sealed class HubDialer(GatewayOptions options, TimeProvider time) : IHubDialer
{
    /// <inheritdoc/>
    public async Task<HubResult<IHubConnection>> DialAsync(CancellationToken cancellationToken)
    {
        var dial = new AmqpDialOptions
        {
            Server = options.HubAddress,
            Tls = new TlsOptions { CaFile = options.HubCaFile },
            ConnectTimeout = options.ConnectTimeout,
        };
        var settings = new AmqpOptions
        {
            ContainerId = $"{options.InstanceId}-{Guid.NewGuid():N}",
            HostName = options.HubHostName,
            IdleTimeout = TimeSpan.FromMinutes(2),
            Time = time,
        };
        try
        {
            var connection = await AmqpDialer.ConnectAsync(dial, settings, handler: null, cancellationToken);
            try
            {
                return await AmqpHubConnection.OpenAsync(connection, time, cancellationToken);
            }
            catch
            {
                await connection.CloseAsync();
                throw;
            }
        }
        catch (AmqpException exception)
        {
            return AmqpNames.Fault(exception);
        }
        catch (IOException exception)
        {
            return HubFault.NoConnection(exception.Message);
        }
        catch (OperationCanceledException)
        {
            return HubFault.NoConnection($"no connection to {options.HubAddress.Authority} within {options.ConnectTimeout.TotalSeconds:0.#} s");
        }
    }
}
