using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Broker.Extensions;
using Fairlead.Features.IotHub.Twins;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>
/// Owns <c>$iothub/</c>: answers of methods and requests about twins (spec/azure-gateway 3.2). Nothing below it is ever routed; what devices get
/// there goes to the one that asked.
/// </summary>
internal sealed partial class DialectRequests(FeatureContext context, MqttDialect dialect) : ITopicOwner
{
    private const int MostTwinRequests = 50;
    private readonly ILogger _log = context.Loggers.CreateLogger("Fairlead.IotHub");

    /// <inheritdoc/>
    public string Prefix => DialectTopics.Prefix;

    /// <inheritdoc/>
    public OwnedPublish OnPublish(in Publication publication)
    {
        if (publication.Principal is not IotHubPrincipal { Device: { } device } principal || publication.Origin != PublishOrigin.Client) return OwnedPublish.Refused;
        if (publication.QoS == QualityOfService.ExactlyOnce || publication.Retain) return OwnedPublish.Refused;
        var kind = DialectTopics.OfPublish(principal, publication.Topic, out var rest);
        dialect.OnActivity(principal.Identity);
        return kind switch
        {
            DialectTopic.MethodAnswer => OnAnswer(principal, rest, publication.Payload),
            DialectTopic.TwinGet or DialectTopic.TwinReported => OnTwin(device, kind, rest, publication.Payload),
            _ => OwnedPublish.Refused,
        };
    }

    /// <inheritdoc/>
    public ReasonCode OnSubscribe(string clientId, string topicFilter) =>
        dialect.IsDevice(clientId) ? ReasonCode.Success : ReasonCode.TopicFilterInvalid;

    private OwnedPublish OnAnswer(IotHubPrincipal principal, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> payload)
    {
        var slash = rest.IndexOf((byte)'/');
        if (slash < 1 || !Utf8Parser.TryParse(rest[..slash], out int status, out var used) || used != slash) return OwnedPublish.Refused;
        if (!DialectTopics.TryReadQuery(rest[(slash + 1)..], out var requestId, out _)) return OwnedPublish.Refused;
        // An answer that nobody waits for any more is no violation: the device cannot know.
        if (Guid.TryParse(requestId, CultureInfo.InvariantCulture, out var id)) dialect.Methods.Respond(principal.Identity, id, status, payload);
        return OwnedPublish.Consumed;
    }

    private OwnedPublish OnTwin(MqttDevice device, DialectTopic kind, ReadOnlySpan<byte> query, ReadOnlySpan<byte> payload)
    {
        if (!DialectTopics.TryReadQuery(query, out var requestId, out var version)) return OwnedPublish.Refused;
        var id = Encoding.UTF8.GetString(requestId);
        if (Interlocked.Increment(ref device.TwinRequests) > MostTwinRequests)
        {
            Interlocked.Decrement(ref device.TwinRequests);
            Answer(device, id, TwinAnswer.Refuse(IotHubError.Throttling($"{MostTwinRequests} requests about the twin are under way")), isPatch: false);
            return OwnedPublish.Consumed;
        }

        // The change is made before the call comes back: requests keep their order.
        var answer = kind == DialectTopic.TwinGet
            ? dialect.Twins.GetAsync(device.Principal.Identity, CancellationToken.None).AsTask()
            : dialect.Twins.PatchReportedAsync(device.Principal.Identity, payload.ToArray(), version, CancellationToken.None).AsTask();
        _ = AnswerAsync(device, id, answer, kind == DialectTopic.TwinReported);
        return OwnedPublish.Consumed;
    }

    private async Task AnswerAsync(MqttDevice device, string requestId, Task<TwinAnswer> pending, bool isPatch)
    {
        try
        {
            Answer(device, requestId, await pending.ConfigureAwait(false), isPatch);
        }
        catch (Exception exception)
        {
            LogFailed(exception, device.ClientId);
            Answer(device, requestId, TwinAnswer.Refuse(IotHubError.ServerError("the hub failed: see its log")), isPatch);
        }
        finally
        {
            Interlocked.Decrement(ref device.TwinRequests);
        }
    }

    private void Answer(MqttDevice device, string requestId, in TwinAnswer answer, bool isPatch)
    {
        if (answer.Error is { } error)
        {
            var document = new DialectErrorDocument(error.Code, error.Message, Guid.NewGuid().ToString("N"), context.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            device.Tell(
                string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/{error.Status}/?$rid={requestId}"),
                JsonSerializer.SerializeToUtf8Bytes(document, DialectErrorJson.Default.DialectErrorDocument));
            return;
        }

        var topic = isPatch
            ? string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/204/?$rid={requestId}&$version={answer.Version}")
            : $"$iothub/twin/res/200/?$rid={requestId}";
        device.Tell(topic, isPatch ? default : answer.Json);
    }

    [LoggerMessage(EventId = 7650, Level = LogLevel.Error, Message = "A request of {ClientId} about its twin failed", EventName = "iothub_twin_request_failed")]
    private partial void LogFailed(Exception exception, string clientId);
}

/// <summary>Body of an error over MQTT and AMQP (spec/azure-gateway 2.8).</summary>
internal sealed record DialectErrorDocument(
    [property: JsonPropertyName("errorCode")] int ErrorCode,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("trackingId")] string TrackingId,
    [property: JsonPropertyName("timestampUtc")] string TimestampUtc);

[JsonSerializable(typeof(DialectErrorDocument))]
internal sealed partial class DialectErrorJson : JsonSerializerContext;
