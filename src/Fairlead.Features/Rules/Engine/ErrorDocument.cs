using System.Text.Json;
using System.Text.Json.Serialization;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Engine;

/// <summary>What the error action gets (spec/aws-rules, section 8).</summary>
internal sealed record ErrorDocument(
    string RuleName, string Topic, string CloudwatchTraceId, string ClientId, ReadOnlyMemory<byte> Base64OriginalPayload,
    IReadOnlyList<ErrorDocumentFailure> Failures)
{
    /// <summary>The document about one message.</summary>
    public static byte[] Write(string ruleName, RuleMessage message, string traceId, IReadOnlyList<ErrorDocumentFailure> failures) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new ErrorDocument(ruleName, message.Topic, traceId, message.ClientId, message.Payload, failures), ErrorDocumentJson.Default.ErrorDocument);
}

/// <summary>One action that failed.</summary>
/// <param name="FailedAction">Its name, such as <c>RepublishAction</c>.</param>
/// <param name="FailedResource">What it was aimed at.</param>
/// <param name="ErrorMessage">Why, and where the message came from.</param>
internal sealed record ErrorDocumentFailure(string FailedAction, string FailedResource, string ErrorMessage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ErrorDocumentJson : JsonSerializerContext;
