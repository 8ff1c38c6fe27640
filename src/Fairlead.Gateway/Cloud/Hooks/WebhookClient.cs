using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Health;

namespace Fairlead.Gateway.Cloud.Hooks;

/// <summary>What a webhook answered.</summary>
/// <param name="Status">HTTP status; 0 when there was no answer.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="MethodStatus">Its header <c>iothub-methodstatus</c>; null without.</param>
/// <param name="Body">Body.</param>
internal sealed record WebhookAnswer(int Status, string Error, int? MethodStatus, byte[] Body)
{
    /// <summary>Whether it took what it was sent.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>
/// Sends requests to webhooks: signed, without following redirects, a bounded number at a time. The signature is the hexadecimal HMAC-SHA256
/// of <c>time.kind.device.body</c> in <c>Fairlead-Signature: t=time,v1=signature</c>; the receiver compares time and signature.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int LargestAnswer = 256 * 1024;

    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room;
    private readonly HttpClient _client;

    /// <summary>Makes it.</summary>
    public WebhookClient(GatewayOptions options, WebhookGuard guard, GatewayMetrics metrics, TimeProvider time)
    {
        (_metrics, _time) = (metrics, time);
        _room = new SemaphoreSlim(options.CloudMessageParallelism);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = guard.ConnectAsync,
            MaxResponseDrainSize = LargestAnswer,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        })
        {
            Timeout = options.WebhookTimeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    /// <summary>Sends a request.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="kind"><c>message</c>, <c>method</c> or <c>desired</c>.</param>
    /// <param name="deviceId">Device.</param>
    /// <param name="headers">Further headers.</param>
    /// <param name="contentType">Media type of the body; null for none.</param>
    /// <param name="body">Body.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<WebhookAnswer> SendAsync(
        WebhookTarget target,
        string kind,
        string deviceId,
        IEnumerable<KeyValuePair<string, string>> headers,
        string? contentType,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ReadOnlyMemoryContent(body) };
            if (contentType is not null && MediaTypeHeaderValue.TryParse(contentType, out var type)) request.Content.Headers.ContentType = type;
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.TryAddWithoutValidation("Fairlead-Kind", kind);
            request.Headers.TryAddWithoutValidation("Fairlead-Device", Uri.EscapeDataString(deviceId));
            if (target.Secret is { } secret) request.Headers.TryAddWithoutValidation("Fairlead-Signature", Sign(secret, kind, deviceId, body.Span));
            using var response = await _client.SendAsync(request, cancellationToken);
            int? methodStatus = response.Headers.TryGetValues("iothub-methodstatus", out var values) &&
                int.TryParse(values.First(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int status) ? status : null;
            var answer = new WebhookAnswer((int)response.StatusCode, $"status {(int)response.StatusCode}", methodStatus, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            _metrics.CountWebhook(answer.IsSuccess);
            return answer;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _metrics.CountWebhook(succeeded: false);
            return new WebhookAnswer(0, exception is OperationCanceledException ? "no answer in time" : exception.Message, null, []);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Makes the signature.</summary>
    public string Sign(string secret, string kind, string deviceId, ReadOnlySpan<byte> body)
    {
        string time = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes($"{time}.{kind}.{deviceId}."));
        hash.AppendData(body);
        return $"t={time},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _room.Dispose();
    }
}
