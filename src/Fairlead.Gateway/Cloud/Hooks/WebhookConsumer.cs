using System.Net;
using System.Threading.Channels;
using Fairlead.Gateway.Devices;
using Fairlead.Gateway.Hosting;
using Fairlead.Gateway.Http;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Cloud.Hooks;

/// <summary>
/// Takes what comes for one device and posts it to a webhook: messages one after the other, so that their order is kept, again and again while
/// the lock lasts; in the end the hub has it back or dead-letters it (spec section 9.2).
/// </summary>
internal sealed class WebhookConsumer : ICloudConsumer, IMethodConsumer, IDesiredConsumer, IDisposable
{
    private const int MostWaiting = 64;
    private const int DesiredTries = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(16);

    private readonly HubDevice _device;
    private readonly WebhookClient _client;
    private readonly Action _onGone;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _ending;
    private readonly Channel<Func<Task>> _work = Channel.CreateBounded<Func<Task>>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private int _busy;
    private int _disposed;

    /// <summary>Makes a consumer and starts it.</summary>
    /// <param name="device">Device.</param>
    /// <param name="target">Where to.</param>
    /// <param name="rank">1 for the device's own webhook, 2 for the gateway's callback.</param>
    /// <param name="client">Sends.</param>
    /// <param name="onGone">Called when the webhook answers 410: it wants no more.</param>
    public WebhookConsumer(HubDevice device, WebhookTarget target, int rank, WebhookClient client, Action onGone)
    {
        (_device, Target, Rank, _client, _onGone) = (device, target, rank, client, onGone);
        _ending = _stop.Token;
        _ = RunAsync();
    }

    /// <summary>Where to.</summary>
    public WebhookTarget Target { get; }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Room => _ending.IsCancellationRequested ? 0 : 1 - Volatile.Read(ref _busy);

    /// <inheritdoc/>
    public bool TryTake(LockedMessage message)
    {
        if (_ending.IsCancellationRequested || Interlocked.Exchange(ref _busy, 1) != 0) return false;
        if (_work.Writer.TryWrite(() => DeliverAsync(message))) return true;
        Volatile.Write(ref _busy, 0);
        return false;
    }

    /// <inheritdoc/>
    public void OnReleased(LockedMessage message) => Volatile.Write(ref _busy, 0);

    /// <inheritdoc/>
    public bool TryTake(PendingCall call)
    {
        if (_ending.IsCancellationRequested) return false;
        call.IsOut = true;
        // Beside the messages: a caller waits for the answer.
        _ = Guarded(() => CallAsync(call));
        return true;
    }

    /// <inheritdoc/>
    public void OnDesired(ReadOnlyMemory<byte> json, bool whole) => _work.Writer.TryWrite(() => TellDesiredAsync(json, whole));

    /// <inheritdoc/>
    public void End(ConsumerEnd why) => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _work.Writer.TryComplete();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync()) await Guarded(work);
    }

    private async Task Guarded(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // It was told to end; locks go back with the consumer.
        }
        catch (Exception exception)
        {
            _device.Services.Log.LoopFailed(exception);
        }
    }

    private async Task DeliverAsync(LockedMessage message)
    {
        var time = _device.Services.Time;
        var pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            var answer = await _client.SendAsync(
                Target, "message", _device.Id, CloudHeaders.Of(message).Where(static header => header.Key != "ETag"), message.Message.ContentType, message.Message.Body, _ending);
            if (answer.IsSuccess)
            {
                await SettleAsync(message, MessageOutcome.Complete);
                return;
            }

            if (answer.Status == (int)HttpStatusCode.Gone)
            {
                await SettleAsync(message, MessageOutcome.Abandon);
                _onGone();
                return;
            }

            _device.Services.Log.WebhookFailed(_device.Id, Target.ToString(), answer.Error, pause.TotalSeconds);
            if (time.GetElapsedTime(message.Taken) + pause + _device.Services.Options.WebhookTimeout >= _device.Services.Options.LockTime) break;
            await Task.Delay(pause, time, _ending);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        // Deliveries before this one, and this one.
        int deliveries = message.Message.DeliveryCount + 1;
        bool giveUp = deliveries >= _device.Services.Options.WebhookDeliveries;
        if (giveUp) _device.Services.Log.WebhookGaveUp(_device.Id, message.Message.MessageId ?? "", deliveries);
        await SettleAsync(message, giveUp ? MessageOutcome.Reject : MessageOutcome.Abandon);
    }

    private async Task CallAsync(PendingCall call)
    {
        KeyValuePair<string, string>[] headers = [new("iothub-methodname", Uri.EscapeDataString(call.Call.Name)), new("iothub-methodid", call.Id)];
        var answer = await _client.SendAsync(Target, "method", _device.Id, headers, "application/json", call.Call.Payload, _ending);
        if (answer.Status == (int)HttpStatusCode.Accepted) return; // the answer comes over the API
        int status = answer.IsSuccess ? answer.MethodStatus ?? answer.Status : (int)HttpStatusCode.BadGateway;
        bool json = answer.IsSuccess && DeviceStream.IsJson(answer.Body);
        await _device.Methods.RespondAsync(call.Id, status, json ? answer.Body : "null"u8.ToArray(), CancellationToken.None);
    }

    private async Task TellDesiredAsync(ReadOnlyMemory<byte> json, bool whole)
    {
        var pause = TimeSpan.FromSeconds(1);
        for (int tries = 1; ; tries++)
        {
            var answer = await _client.SendAsync(Target, "desired", _device.Id, [new("Fairlead-Whole", whole ? "true" : "false")], "application/json", json, _ending);
            if (answer.IsSuccess || tries == DesiredTries) return; // the twin can be read at any time
            _device.Services.Log.WebhookFailed(_device.Id, Target.ToString(), answer.Error, pause.TotalSeconds);
            await Task.Delay(pause, _device.Services.Time, _ending);
            pause *= 2;
        }
    }

    private async Task SettleAsync(LockedMessage message, MessageOutcome outcome)
    {
        using var limit = new CancellationTokenSource(_device.Services.Options.OperationTimeout, _device.Services.Time);
        await _device.Cloud.SettleAsync(message.Lock, outcome, limit.Token);
    }
}
