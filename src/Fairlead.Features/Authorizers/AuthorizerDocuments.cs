using System.Text.Json.Serialization;
using Fairlead.Features.Tags;

namespace Fairlead.Features.Authorizers;

/// <summary>CreateAuthorizer and UpdateAuthorizer.</summary>
internal sealed record AuthorizerInputDocument(
    string? AuthorizerFunctionArn, string? TokenKeyName, Dictionary<string, string>? TokenSigningPublicKeys, string? Status, bool? SigningDisabled,
    bool? EnableCachingForHttp, IReadOnlyList<TagDocument>? Tags);

/// <summary>SetDefaultAuthorizer.</summary>
internal sealed record DefaultAuthorizerDocument(string? AuthorizerName);

/// <summary>Name and ARN: answer to changes, and an entry of ListAuthorizers.</summary>
internal sealed record AuthorizerSummaryDocument(string AuthorizerName, string AuthorizerArn);

/// <summary>Answer of ListAuthorizers.</summary>
internal sealed record AuthorizerListDocument(IReadOnlyList<AuthorizerSummaryDocument> Authorizers, string? NextMarker);

/// <summary>Answer of DescribeAuthorizer and DescribeDefaultAuthorizer.</summary>
internal sealed record AuthorizerAnswerDocument(AuthorizerDescriptionDocument AuthorizerDescription);

/// <summary>An authorizer as it is shown.</summary>
internal sealed record AuthorizerDescriptionDocument(
    string AuthorizerName, string AuthorizerArn, string AuthorizerFunctionArn, string? TokenKeyName, IReadOnlyDictionary<string, string>? TokenSigningPublicKeys,
    string Status, double CreationDate, double LastModifiedDate, bool SigningDisabled, bool EnableCachingForHttp);

/// <summary>TestInvokeAuthorizer.</summary>
internal sealed record TestInvokeDocument(
    string? Token, string? TokenSignature, HttpContextDocument? HttpContext, MqttContextDocument? MqttContext, TlsContextDocument? TlsContext);

/// <summary>The HTTP side of a test.</summary>
internal sealed record HttpContextDocument(Dictionary<string, string>? Headers, string? QueryString);

/// <summary>The MQTT side of a test.</summary>
internal sealed record MqttContextDocument(string? Username, byte[]? Password, string? ClientId);

/// <summary>The TLS side of a test.</summary>
internal sealed record TlsContextDocument(string? ServerName);

/// <summary>Answer of TestInvokeAuthorizer.</summary>
internal sealed record TestResultDocument(
    bool IsAuthenticated, string? PrincipalId, IReadOnlyList<string>? PolicyDocuments, int? RefreshAfterInSeconds, int? DisconnectAfterInSeconds);

/// <summary>What the function of an authorizer is sent. Only the parts that are there.</summary>
internal sealed record AuthorizerEventDocument(
    string? Token, bool SignatureVerified, IReadOnlyList<string> Protocols, ProtocolDataDocument ProtocolData, ConnectionMetadataDocument ConnectionMetadata);

/// <summary>What each protocol of the connection carried.</summary>
internal sealed record ProtocolDataDocument(TlsContextDocument? Tls, HttpContextDocument? Http, MqttContextDocument? Mqtt);

/// <summary>Id of the connection.</summary>
internal sealed record ConnectionMetadataDocument(string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuthorizerInputDocument))]
[JsonSerializable(typeof(DefaultAuthorizerDocument))]
[JsonSerializable(typeof(AuthorizerSummaryDocument))]
[JsonSerializable(typeof(AuthorizerListDocument))]
[JsonSerializable(typeof(AuthorizerAnswerDocument))]
[JsonSerializable(typeof(TestInvokeDocument))]
[JsonSerializable(typeof(TestResultDocument))]
[JsonSerializable(typeof(AuthorizerEventDocument))]
internal sealed partial class AuthorizerJson : JsonSerializerContext;
