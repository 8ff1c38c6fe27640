using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Commands;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Topics;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Remote;

/// <summary>
/// What comes from a remote endpoint: answers of shadows to the twin, commands and mapped messages to local applications (spec section 12).
/// A command is acknowledged when it is on disk or at the local broker, so that it survives whatever happens here.
/// </summary>
internal sealed class RemoteInbox(RemoteLink link, LinkServices services, LinkDialect dialect)
{
    private static readonly TimeSpan AfterTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Takes messages until the connection ends.</summary>
    public async Task RunAsync(MqttClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await client.ReceiveAsync(cancellationToken);
            await TakeAsync(message, cancellationToken);
        }
    }

    private async ValueTask TakeAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        if (link.Listener?.OnMessage(message) == true)
        {
            message.Acknowledge();
        }
        else if (link.Twin is { } twin && message.Topic.StartsWith("$aws/", StringComparison.Ordinal))
        {
            link.Execute(twin.OnShadowMessage(message.Topic, message.Payload));
            message.Acknowledge();
        }
        else
        {
            await TakeCommandAsync(message, cancellationToken);
        }
    }

    private async ValueTask TakeCommandAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        var mapped = MappedTopic.Find(link.Options.Mappings, outbound: false, message.Topic);
        var local = mapped is { } target ? new LocalPublication([target.Topic], "") : dialect.ToLocal(message.Topic, message.Payload);
        if (local is null)
        {
            services.Metrics.Count("in", "command", "foreign");
            link.Log.ForeignCommand(message.Topic);
            message.Acknowledge();
            return;
        }

        if (mapped is null)
        {
            if (IsRepeat(message, local))
            {
                services.Metrics.Count("in", "command", "repeated");
                message.Acknowledge();
                return;
            }

            Remember(message, local);
        }

        foreach (string topic in local.Topics) link.Log.Forwarded("in", message.Topic, topic, message.Payload.Length);
        if (services.LogsPayloads() && link.Log.IsEnabled(LogLevel.Debug)) link.Log.Payload(message.Topic, Encoding.UTF8.GetString(message.Payload.Span));
        var qos = mapped?.QoS ?? link.Options.CommandQos;
        string? name = message.QoS == QualityOfService.AtMostOnce ? null : services.Inbox.TryKeep(local.Topics, message.Payload.Span);
        var delivery = DeliverAsync(services, local.Topics, message.Payload, qos, name);
        // Not on disk: then it is the endpoint that keeps it until the local broker has it.
        if (name is null && message.QoS != QualityOfService.AtMostOnce) await delivery.WaitAsync(cancellationToken);
        message.Acknowledge();
    }

    /// <summary>Publishes a command in its forms and takes it out of the inbox.</summary>
    public static async Task DeliverAsync(LinkServices services, IReadOnlyList<string> topics, ReadOnlyMemory<byte> payload, QualityOfService qos, string? name)
    {
        try
        {
            // Begun one after the other, awaited together: the order is kept, and one slow answer costs no more than one.
            var publications = new Task[topics.Count];
            for (int i = 0; i < topics.Count; i++) publications[i] = services.Local.PublishAsync(topics[i], payload, qos, services.Stopping);
            await Task.WhenAll(publications);
            if (name is not null) services.Inbox.Forget(name);
            services.Metrics.Count("in", "command", "delivered");
        }
        catch (OperationCanceledException)
        {
            // The process ends; what is in the inbox is published at the next start.
        }
        catch (MqttException)
        {
            services.Metrics.Count("in", "command", "refused");
            if (name is not null) services.Inbox.Forget(name);
        }
    }

    // A request has a number of its own; one without is the same again only when the endpoint says so (AWS never sets DUP).
    private bool IsRepeat(ReceivedMessage message, LocalPublication local) =>
        message.QoS != QualityOfService.AtMostOnce
        && services.Requests.IsRepeat(message.Topic, message.Payload.Span)
        && (message.Dup || local.RequestId.Length > 0);

    private void Remember(ReceivedMessage message, LocalPublication local)
    {
        var envelope = DittoEnvelope.TryRead(message.Payload);
        string id = local.RequestId.Length > 0 ? local.RequestId : envelope?.CorrelationId ?? "";
        var timeout = CommandTimeout.Of(envelope);
        if (timeout <= TimeSpan.Zero) return; // no answer is expected
        var lifetime = timeout + AfterTimeout;
        services.Requests.OnRequest(id, lifetime > link.Options.ResponseMemory ? lifetime : link.Options.ResponseMemory);
    }
}
