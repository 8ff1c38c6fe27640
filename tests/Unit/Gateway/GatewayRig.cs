using System.Text;
using System.Text.Json;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Fairlead.Unit.Gateway;

/// <summary>A gateway without listeners, in front of a hub in memory.</summary>
internal sealed class GatewayRig : IAsyncDisposable
{
    public const string Host = "hub.example.net";
    public static readonly byte[] Key = Convert.FromBase64String("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");

    public GatewayRig(Action<Dictionary<string, string>>? change = null, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["IoTHubHostName"] = Host,
            ["AuthorisationRate"] = "100000",
            ["DeviceRateLimit"] = "0",
            ["CloudMessagesEnabled"] = "true",
            ["DirectMethodEnabled"] = "true",
            ["ReconnectInit"] = "0.01",
            ["ReconnectMax"] = "0.05",
            ["InstanceId"] = "gw1",
        };
        change?.Invoke(settings);
        var configuration = GatewayConfiguration.Load([], [], settings);
        configuration.Problems.ShouldBeEmpty();
        Options = configuration.Options!;
        Parts = GatewayParts.Create(Options, Hub, Log, Time);
        Parts.Start();
    }

    public FakeHub Hub { get; } = new();

    public LogLines Log { get; } = new();

    public TimeProvider Time { get; }

    public GatewayOptions Options { get; }

    public GatewayParts Parts { get; }

    public static Action<Dictionary<string, string>> Policy { get; } = static settings =>
    {
        settings["SharedAccessPolicyKeyEnabled"] = "true";
        settings["AccessPolicyName"] = "device";
        settings["AccessPolicyKey"] = Convert.ToBase64String(Key);
    };

    public static string Token(string device, long expiry = 1_900_000_000, string? policy = null) =>
        SasToken.Make($"{Host}/devices/{device}", Key, policy, DateTimeOffset.FromUnixTimeSeconds(expiry));

    public Task<RigAnswer> PostAsync(string path, string? body, string? token = null, params (string Name, string Value)[] headers) =>
        SendAsync("POST", path, body is null ? [] : Encoding.UTF8.GetBytes(body), token, "application/json", headers);

    public async Task<RigAnswer> SendAsync(
        string method, string target, byte[] body, string? token = null, string? contentType = null, (string Name, string Value)[]? headers = null, CancellationToken aborted = default)
    {
        var context = new DefaultHttpContext();
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Request.Method = method;
        context.Request.QueryString = new QueryString(target.Contains('?') ? target[target.IndexOf('?')..] : "");
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentLength = body.Length;
        context.Request.ContentType = contentType;
        context.RequestAborted = aborted;
        if (token is not null) context.Request.Headers["sas_token"] = token;
        foreach (var (name, value) in headers ?? []) context.Request.Headers[name] = value;
        var answer = new MemoryStream();
        context.Response.Body = answer;
        await Parts.Http.RunAsync(context);
        return new RigAnswer(context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers);
    }

    public async ValueTask DisposeAsync() => await Parts.DisposeAsync();
}

internal sealed record RigAnswer(int Status, string Body, IHeaderDictionary Headers)
{
    public JsonElement Json => JsonElement.Parse(Body);
}

/// <summary>Keeps what was logged, at every level.</summary>
internal sealed class LogLines : ILogger
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public string All
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate) _lines.Add($"{formatter(state, exception)} {exception}");
    }
}
