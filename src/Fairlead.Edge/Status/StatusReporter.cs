using System.Globalization;
using Fairlead.Client.Mqtt;
using Fairlead.Edge.Configuration;
using Fairlead.Edge.Local;
using Fairlead.Edge.Logging;
using Fairlead.Edge.Remote;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Status;

/// <summary>
/// The local connection that tells applications where the remote connection stands and who the device is (spec sections 10 and 11): always
/// connected if that can be, with the last will.
/// </summary>
internal sealed class StatusReporter : IAsyncDisposable
{
    private static readonly TimeSpan FiguresInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    private readonly MqttClient _client;
    private readonly Func<IReadOnlyList<(RemoteLink Link, BufferFigures Figures)>> _read;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly RepeatGate _repeats;
    private readonly Lock _gate = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _announce;

    /// <summary>Makes a reporter; <see cref="RunAsync"/> runs it.</summary>
    /// <param name="options">How to connect; the last will is added.</param>
    /// <param name="read">Reads the links and what waits for each.</param>
    /// <param name="log">Log.</param>
    public StatusReporter(MqttClientOptions options, Func<IReadOnlyList<(RemoteLink Link, BufferFigures Figures)>> read, ILogger log)
    {
        _time = options.Time;
        _log = log;
        _read = read;
        _repeats = new RepeatGate(_time);
        _client = new MqttClient(options with
        {
            Acknowledge = AcknowledgeMode.Automatic,
            Will = new WillMessage { Topic = StatusMessage.Topic, Payload = StatusMessage.Will.ToArray(), QoS = QualityOfService.AtLeastOnce, Retain = true },
        });
        _client.StateChanged += OnStateChanged;
    }

    /// <summary>Who the device is; changing it announces it.</summary>
    public required Func<(LinkOptions Link, bool Retain)> Identity { get; init; }

    /// <summary>Completes when the first status is with the local broker.</summary>
    public TaskCompletionSource Reported { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Topic of the status of a link: Kanto's for the first, one of its own for the others.</summary>
    public static string TopicOf(int index, string name) => index == 0 ? StatusMessage.Topic : $"edge/connection/{name}/status";

    /// <summary>Something has changed: the status is published soon.</summary>
    public void Wake()
    {
        lock (_gate) _wake.TrySetResult();
    }

    /// <summary>Tells who the device is once more.</summary>
    public void Announce()
    {
        _announce = true;
        Wake();
    }

    /// <summary>Connects and reports until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(ConnectAsync(cancellationToken), ReportAsync(cancellationToken), AnswerAsync(cancellationToken));
    }

    /// <summary>Says goodbye: one CONNECTION_CLOSED, then DISCONNECT, so that the last will is not published.</summary>
    public async Task CloseAsync()
    {
        if (_client.State == ConnectionState.Connected)
        {
            using var limit = new CancellationTokenSource(LastWord, _time);
            try
            {
                foreach (var (at, link, figures) in Entries())
                {
                    var closed = new LinkStatus { Cause = ConnectionCause.Closed, Since = _time.GetUtcNow() };
                    byte[] payload = StatusMessage.Write(closed, figures, _time.GetUtcNow());
                    await _client.PublishAsync(TopicOf(at, link.Options.Name), payload, QualityOfService.AtLeastOnce, retain: true, limit.Token);
                }
            }
            catch (Exception exception) when (exception is MqttException or OperationCanceledException)
            {
                // The local broker goes down at the same time: its retained status stays as it was.
            }
        }

        await _client.DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private IEnumerable<(int At, RemoteLink Link, BufferFigures Figures)> Entries() => _read().Select(static (entry, at) => (at, entry.Link, entry.Figures));

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _client.ConnectAsync(cancellationToken);
                await _client.SubscribeAsync(StatusMessage.InfoRequest, QualityOfService.AtLeastOnce, cancellationToken);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (MqttException exception)
            {
                Report(exception.Message, 0, LocalClientOptions.LongestWait);
                if (_client.State is ConnectionState.Connected or ConnectionState.Reconnecting) await ResubscribeAsync(cancellationToken);
                else await Task.Delay(LocalClientOptions.LongestWait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_client.State is ConnectionState.Connected) return;
            }
        }
    }

    // The connection went before the answer to SUBSCRIBE came; the client makes the connection again, the subscription is ours to ask for.
    private async Task ResubscribeAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(FiguresInterval / 10, _time, cancellationToken);
                await _client.SubscribeAsync(StatusMessage.InfoRequest, QualityOfService.AtLeastOnce, cancellationToken);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (MqttException)
            {
                // Not yet.
            }
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!cancellationToken.IsCancellationRequested)
        {
            Task wake;
            lock (_gate)
            {
                // What changes from here on is a new wake.
                if (_wake.Task.IsCompleted) _wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wake = _wake.Task;
            }

            try
            {
                await PublishAsync(told, cancellationToken);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(wake, Task.Delay(FiguresInterval, _time, either.Token));
                await either.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (MqttException)
            {
                // Not connected: the moment that it is, it wakes.
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(wake, Task.Delay(FiguresInterval / 10, _time, either.Token));
                await either.CancelAsync();
            }
        }
    }

    private async Task PublishAsync(Dictionary<string, string> told, CancellationToken cancellationToken)
    {
        bool announce = _announce;
        _announce = false;
        if (announce) told.Clear();
        foreach (var (at, link, figures) in Entries())
        {
            string topic = TopicOf(at, link.Options.Name);
            var status = link.Status;
            string fingerprint = string.Create(CultureInfo.InvariantCulture, $"{status} {figures}");
            if (told.TryGetValue(topic, out string? before) && before == fingerprint) continue;
            await _client.PublishAsync(topic, StatusMessage.Write(status, figures, _time.GetUtcNow()), QualityOfService.AtLeastOnce, retain: true, cancellationToken);
            told[topic] = fingerprint;
        }

        Reported.TrySetResult();
        if (announce) await TellIdentityAsync(cancellationToken);
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var message = await _client.ReceiveAsync(cancellationToken);
                if (message.Topic == StatusMessage.InfoRequest) await TellIdentityAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (MqttException)
            {
                await Task.Delay(FiguresInterval / 10, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TellIdentityAsync(CancellationToken cancellationToken)
    {
        var (link, retain) = Identity();
        await _client.PublishAsync(
            StatusMessage.InfoResponse, StatusMessage.WriteInfo(link.DeviceId, link.TenantId, link.PolicyId), QualityOfService.AtMostOnce, retain, cancellationToken);
    }

    private void OnStateChanged(ConnectionStateChange change)
    {
        if (change is { State: ConnectionState.Connected, Error: null })
        {
            _repeats.Reset();
            Announce();
        }
        else if (change is { State: ConnectionState.Reconnecting, Error: { } error })
        {
            Report(error.Message, change.Attempt, change.RetryIn ?? TimeSpan.Zero);
        }
    }

    private void Report(string error, int attempt, TimeSpan wait)
    {
        if (_repeats.Opens(error, out int repeats)) _log.ConnectFailed(error, attempt, wait.TotalSeconds, repeats);
    }
}
