using System.Globalization;
using System.Text.Json.Serialization;
using Fairlead.Broker.Durability;
using Fairlead.Features.Api;
using Fairlead.Features.Logs;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Retained;

/// <summary>GetRetainedMessage and ListRetainedMessages (spec/aws-messaging, section 3.3).</summary>
internal sealed class RetainedFeature(FeatureContext context, DataAuthorizer access, ServedLog log) : IFeature
{
    private const int LargestPage = 200;

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
    [
        ApiOperation.Data("GetRetainedMessage", "GET", "/retainedMessage/{topic+}", request => log.RunAsync(request, Entry, Get)),
        ApiOperation.Data("ListRetainedMessages", "GET", "/retainedMessage", request => log.RunAsync(request, static _ => new LogEntry("ListRetainedMessage"), List)),
    ];

    private LogEntry Entry(ApiRequest request)
    {
        var topic = request.Labels[0].Length > 0 && RawTarget.TryDecode(request.Labels[0], out var text) ? text : null;
        var message = topic is null ? null : context.Broker.FindRetained(topic);
        return new LogEntry("GetRetainedMessage")
        {
            TopicName = topic,
            Qos = message is null ? null : ((int)message.QoS).ToString(CultureInfo.InvariantCulture),
            LastModifiedDate = message?.CreatedAt.ToString(CultureInfo.InvariantCulture),
        };
    }

    private ValueTask<ApiResponse> Get(ApiRequest request)
    {
        var topic = request.Label();
        if (!TopicName.IsValid(topic)) throw ApiException.InvalidRequest("the topic must be a topic name without wildcards");
        access.Demand(request.Caller, "iot:GetRetainedMessage", "topic", topic);
        var message = context.Broker.FindRetained(topic) ?? throw ApiException.NotFound("no message is retained for this topic");
        var properties = message.Properties.IsEmpty ? [] : PublishPropertiesReader.Read(message.Properties).UserProperties;
        return new(ApiResponse.Json(
            new RetainedDocument(
                topic, Convert.ToBase64String(message.Payload), (int)message.QoS, message.CreatedAt, MessageProperties.Encode(properties)),
            RetainedJson.Default.RetainedDocument));
    }

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var paging = new Paging(Paging.Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, LargestPage) ?? LargestPage));
        if (!access.AllowsAll(request.Caller, "iot:ListRetainedMessages")) throw ApiException.Forbidden("Forbidden");
        var page = paging.Take(context.Broker.ListRetained(paging.After, paging.Size + 1), static message => message.TopicString, out var next);
        return new(ApiResponse.Json(new RetainedListDocument([.. page.Select(Summary)], next), RetainedJson.Default.RetainedListDocument));
    }

    private static RetainedSummaryDocument Summary(Message message) =>
        new(message.TopicString, message.Payload.Length, (int)message.QoS, message.CreatedAt);
}

/// <summary>A retained message.</summary>
internal sealed record RetainedDocument(string Topic, string Payload, int Qos, long LastModifiedTime, string? UserProperties);

/// <summary>A retained message without its payload.</summary>
internal sealed record RetainedSummaryDocument(string Topic, int PayloadSize, int Qos, long LastModifiedTime);

/// <summary>A page of retained messages.</summary>
internal sealed record RetainedListDocument(IReadOnlyList<RetainedSummaryDocument> RetainedTopics, string? NextToken);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RetainedDocument))]
[JsonSerializable(typeof(RetainedListDocument))]
internal sealed partial class RetainedJson : JsonSerializerContext;
