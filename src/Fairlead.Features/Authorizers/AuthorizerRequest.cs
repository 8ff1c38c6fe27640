using System.Text.Json;
using Fairlead.Broker.Connections;
using Fairlead.Features.Api;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// What a client gave an authorizer to judge (spec/aws-messaging, section 1.1): in the user name of CONNECT behind a question mark, in the
/// headers or in the query of an HTTP request.
/// </summary>
internal sealed class AuthorizerRequest
{
    private const string NameField = "x-amz-customauthorizer-name";
    private const string SignatureField = "x-amz-customauthorizer-signature";

    private readonly IReadOnlyDictionary<string, string> _headers;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _query;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _userName;

    private AuthorizerRequest(
        IReadOnlyDictionary<string, string>? headers, IReadOnlyList<KeyValuePair<string, string>> query, IReadOnlyList<KeyValuePair<string, string>> userName)
    {
        _headers = headers ?? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        _query = query;
        _userName = userName;
    }

    /// <summary>Authorizer that the client names; null when it leaves that to the hub.</summary>
    public string? AuthorizerName => Find(NameField);

    /// <summary>Signature over the token, Base64; null without one.</summary>
    public string? Signature => GivenSignature ?? Find(SignatureField);

    private string? GivenToken { get; init; }

    private string? GivenSignature { get; init; }

    /// <summary>MQTT side; null without.</summary>
    public MqttContextDocument? Mqtt { get; private init; }

    /// <summary>HTTP side; null without.</summary>
    public HttpContextDocument? Http { get; private init; }

    /// <summary>TLS side; null without TLS.</summary>
    public TlsContextDocument? Tls { get; private init; }

    /// <summary>Id of the connection.</summary>
    public string ConnectionId { get; private init; } = Guid.NewGuid().ToString();

    /// <summary>From a CONNECT, over MQTT or over a WebSocket.</summary>
    public static AuthorizerRequest From(ConnectPacket connect, TransportInfo transport)
    {
        var query = transport.HttpQuery is { } text ? Parse(text.TrimStart('?')) : [];
        var question = connect.UserName?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        var userName = question < 0 ? [] : Parse(connect.UserName![(question + 1)..]);
        return new AuthorizerRequest(transport.HttpHeaders, query, userName)
        {
            Mqtt = new MqttContextDocument(connect.UserName, connect.Password, connect.ClientId),
            Http = transport.HttpHeaders is null ? null : new HttpContextDocument(new Dictionary<string, string>(transport.HttpHeaders, StringComparer.Ordinal), transport.HttpQuery),
            Tls = transport.TlsVersion is null ? null : new TlsContextDocument(transport.ServerName),
        };
    }

    /// <summary>From an HTTP request.</summary>
    public static AuthorizerRequest From(HttpContext context, RawTarget target, ApiTransport transport)
    {
        var headers = context.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString(), StringComparer.Ordinal);
        return new AuthorizerRequest(headers, target.Parameters, [])
        {
            Http = new HttpContextDocument(headers, target.Query.Length == 0 ? null : "?" + target.Query),
            Tls = transport.IsSecure ? new TlsContextDocument(transport.ServerName) : null,
        };
    }

    /// <summary>From TestInvokeAuthorizer.</summary>
    public static AuthorizerRequest From(TestInvokeDocument test)
    {
        var question = test.MqttContext?.Username?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        var headers = test.HttpContext?.Headers?.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value, StringComparer.Ordinal);
        return new AuthorizerRequest(
            headers, Parse(test.HttpContext?.QueryString?.TrimStart('?') ?? ""), question < 0 ? [] : Parse(test.MqttContext!.Username![(question + 1)..]))
        {
            GivenToken = test.Token,
            GivenSignature = test.TokenSignature,
            Mqtt = test.MqttContext,
            Http = test.HttpContext,
            Tls = test.TlsContext,
        };
    }

    /// <summary>The token under the name that the authorizer gives to it; null when it was not sent.</summary>
    public string? FindToken(string? keyName) => GivenToken ?? (keyName is null ? null : Find(keyName));

    /// <summary>The event for a function.</summary>
    /// <param name="token">The token; null for none.</param>
    /// <param name="isVerified">Whether its signature was checked.</param>
    public byte[] ToEvent(string? token, bool isVerified)
    {
        var protocols = new List<string>(3);
        if (Tls is not null) protocols.Add("tls");
        if (Http is not null) protocols.Add("http");
        if (Mqtt is not null) protocols.Add("mqtt");
        return JsonSerializer.SerializeToUtf8Bytes(
            new AuthorizerEventDocument(token, isVerified, protocols, new ProtocolDataDocument(Tls, Http, Mqtt), new ConnectionMetadataDocument(ConnectionId)),
            AuthorizerJson.Default.AuthorizerEventDocument);
    }

    /// <summary>A header that the request came with, null when absent; part of what a remembered answer belongs to.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    // Base64 contains plus signs, so these are no form fields: only percent-encoding is undone.
    private static List<KeyValuePair<string, string>> Parse(string query)
    {
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (RawTarget.TryDecode(equals < 0 ? pair : pair[..equals], out var name) && RawTarget.TryDecode(equals < 0 ? "" : pair[(equals + 1)..], out var value))
                parameters.Add(new KeyValuePair<string, string>(name, value));
        }

        return parameters;
    }

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> parameters, string name)
    {
        foreach (var (key, value) in parameters)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }

    private string? Find(string name) => _headers.GetValueOrDefault(name.ToLowerInvariant()) ?? Find(_query, name) ?? Find(_userName, name);
}
