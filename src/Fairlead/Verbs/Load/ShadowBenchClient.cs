using System.Collections.Concurrent;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Load;

/// <summary>A client that updates the shadow of one thing and finds the answer to each update by its token.</summary>
internal sealed class ShadowBenchClient(MqttClient client, string thing, string? name, TimeSpan patience, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<BenchFailure?>> _waiting = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;

    public bool IsConnected => client.State == ConnectionState.Connected;

    private string Update => $"$aws/things/{thing}/shadow/{(name is null ? "" : $"name/{name}/")}update";

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await client.ConnectAsync(cancellationToken);
        await client.SubscribeAsync(
            new SubscribePacket { Subscriptions = [new SubscriptionRequest(Update + "/accepted", QualityOfService.AtMostOnce), new SubscriptionRequest(Update + "/rejected", QualityOfService.AtMostOnce)] },
            cancellationToken);
        _reading = ReadAsync();
    }

    /// <summary>Updates and waits for the answer.</summary>
    /// <returns>Null when it was accepted.</returns>
    public async Task<BenchFailure?> UpdateAsync(string token, byte[] payload, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<BenchFailure?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[token] = answer;
        try
        {
            await client.PublishAsync(new PublishPacket { Topic = Update, QoS = QualityOfService.AtLeastOnce, Payload = payload }, cancellationToken);
            return await answer.Task.WaitAsync(patience, time, cancellationToken);
        }
        finally
        {
            _waiting.TryRemove(token, out _);
        }
    }

    /// <summary>What is wrong when no answer came.</summary>
    public BenchFailure NoAnswer() => new(
        ExitCode.Timeout, $"no answer to an update of the shadow of {thing}", $"nothing came within {patience.TotalSeconds:0.###} s", "Check that the server is a hub with shadows, or wait longer with --timeout");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        await client.DisposeAsync();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var message in client.ReceiveAllAsync(_end.Token))
                Take(message);
        }
        catch (OperationCanceledException)
        {
            // The bench has ended.
        }
        catch (MqttException exception)
        {
            // Nobody will answer what is under way.
            foreach (var waiting in _waiting.Values)
                waiting.TrySetException(exception);
        }
    }

    private void Take(ReceivedMessage message)
    {
        try
        {
            using var document = JsonDocument.Parse(message.Payload);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("clientToken", out var token) || token.GetString() is not { } text || !_waiting.TryGetValue(text, out var waiting))
                return;
            waiting.TrySetResult(message.Topic.EndsWith("/accepted", StringComparison.Ordinal)
                ? null
                : new BenchFailure(ExitCode.Failed, $"an update of the shadow of {thing} was rejected", $"{Cells.Of(root, "message")} ({Cells.Of(root, "code")})", "Correct what the line above names, or update more slowly with --rate"));
        }
        catch (JsonException)
        {
            // No answer of a hub: the update that waits for one runs into its time.
        }
    }
}
