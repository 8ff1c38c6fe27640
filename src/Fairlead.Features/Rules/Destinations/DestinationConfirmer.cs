using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>
/// Asks owners of HTTP destinations to confirm them (spec/aws-rules, section 9), one request after the other in the background. One that
/// does not get through is logged; an update to IN_PROGRESS sends it again.
/// </summary>
internal sealed partial class DestinationConfirmer(ILogger<DestinationConfirmer> log) : IAsyncDisposable
{
    private const int MostWaiting = 1024;

    private readonly Channel<Confirmation> _waiting = Channel.CreateBounded<Confirmation>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 64 * 1024,
    };

    private Task? _running;

    /// <summary>Sends a request soon; false when too many wait.</summary>
    public bool TrySend(Confirmation confirmation) => _waiting.Writer.TryWrite(confirmation);

    /// <summary>Begins.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_running is not null) await _running.ConfigureAwait(false);
        _http.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (_waiting.Reader.TryRead(out var confirmation)) await SendAsync(confirmation).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(Confirmation confirmation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{confirmation.Url.TrimEnd('/')}/?confirmationToken={confirmation.Token}");
            var body = new ConfirmationDocument(confirmation.Arn, confirmation.Token, confirmation.EnableUrl, "DestinationConfirmation");
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, DestinationJson.Default.ConfirmationDocument));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("x-amz-rules-engine-message-type", "DestinationConfirmation");
            request.Headers.TryAddWithoutValidation("x-amz-rules-engine-destination-arn", confirmation.Arn);
            using var response = await _http.SendAsync(request, _stopping.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) LogNotTaken(confirmation.Arn, confirmation.Url, $"status {(int)response.StatusCode}");
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            LogNotTaken(confirmation.Arn, confirmation.Url, exception.Message);
        }
    }

    [LoggerMessage(EventId = 7010, Level = LogLevel.Warning, Message = "the confirmation of destination {Arn} was not taken by {Url}: {Reason}", EventName = "destination_not_confirmed")]
    private partial void LogNotTaken(string arn, string url, string reason);
}

/// <summary>A request to confirm a destination.</summary>
/// <param name="Url">Confirmation URL.</param>
/// <param name="Arn">ARN of the destination.</param>
/// <param name="Token">Token, in the clear: it is kept nowhere.</param>
/// <param name="EnableUrl">Opening it confirms.</param>
internal sealed record Confirmation(string Url, string Arn, string Token, string EnableUrl);
