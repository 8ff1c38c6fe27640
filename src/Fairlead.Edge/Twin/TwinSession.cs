using System.Threading.Channels;
using Fairlead.Edge.Ditto;
using Fairlead.Edge.Json;
using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Messages;
using Fairlead.Edge.Twin.Sessions;
using Fairlead.Edge.Twin.Shadows;
using Fairlead.Edge.Twin.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Twin;

/// <summary>
/// The local twin of a device (spec/kanto-edge, sections 13 and 14). Its parts know nothing of threads: each call runs alone under one lock,
/// and no I/O is done under it.
/// </summary>
internal sealed class TwinSession : ITwin, IDisposable
{
    private readonly Lock _gate = new();
    private readonly TwinContext _context;
    private readonly ITwinStore _store;
    private readonly ShadowTopics _topics;
    private readonly RequestWindow _window;
    private readonly Outcomes _outcomes;
    private readonly HubRequests _requests;
    private readonly HubAnswers _answers;
    private readonly TwinIntake _intake;
    private readonly ITimer _timer;
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource? _room;
    private DateTimeOffset _timerDue;
    private bool _isDrained;
    private bool _hasUnspooled;

    /// <summary>Begins with what the store has kept.</summary>
    /// <exception cref="ArgumentException">A filter is no regular expression.</exception>
    /// <exception cref="NotSupportedException">A filter needs look-around or back-references.</exception>
    public TwinSession(TwinOptions options, ITwinStore store, TimeProvider time, ILogger<TwinSession> logger)
    {
        _store = store;
        var filters = new TwinFilters(options.TopicFilter, options.PayloadFilters, options.ForwardTopicFilter);
        _topics = new ShadowTopics(options.ThingName ?? options.DeviceId);
        _context = new TwinContext
        {
            Options = options,
            Time = time,
            Logger = logger,
            Map = new ShadowMap(store.Load()),
            Messages = new TwinMessages(options.DeviceId, time),
        };
        _outcomes = new Outcomes(_context);
        _window = new RequestWindow(_context, _topics);
        _requests = new HubRequests(_context, _window, _outcomes);
        _answers = new HubAnswers(_context, _window, _requests, _outcomes);
        _intake = new TwinIntake(_context, _requests, _outcomes) { Filters = filters };
        _timer = time.CreateTimer(_ => _woken.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Subscriptions => _topics.Subscriptions;

    /// <inheritdoc/>
    public ChannelReader<ShadowPublish> Requests => _context.Outbox.Requests;

    /// <summary>What it has done.</summary>
    public TwinCounters Counters => _context.Counters;

    /// <summary>The filters with their counts.</summary>
    public IReadOnlyList<CountedFilter> Filters
    {
        get
        {
            lock (_gate) return _intake.Filters.All;
        }
    }

    /// <inheritdoc/>
    public TwinVerdict Accept(ReadOnlyMemory<byte> payload)
    {
        if (DittoEnvelope.TryRead(payload) is not { } envelope) return TwinVerdict.Forward;
        lock (_gate)
        {
            var fate = _intake.Accept(envelope);
            if (fate == TwinFate.Spool) (_isDrained, _hasUnspooled) = (false, true);
            return new TwinVerdict(fate, End());
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        lock (_gate) _hasUnspooled = false;
        return _store.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_requests.HasRoom) return;
                room = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await room.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public TwinOutput Send(long record, ReadOnlyMemory<byte> payload)
    {
        var command = DittoEnvelope.TryRead(payload) is { } envelope ? TwinCommand.TryRead(envelope, _context.Options.DeviceId) : null;
        lock (_gate)
        {
            var conversion = command is null ? null : _intake.ConvertForHub(command);
            if (conversion is not { Error: null }) _context.Outbox.Finish(record); // a filter or option that changed since it was taken
            else _requests.Add(new TwinJob(record), conversion.Edits, _outcomes.OfSent(record, command!));
            return End();
        }
    }

    /// <inheritdoc/>
    public TwinOutput OnPublished(ShadowPublish publish)
    {
        lock (_gate)
        {
            _window.OnPublished(publish);
            return End();
        }
    }

    /// <inheritdoc/>
    public TwinOutput OnHubConnected()
    {
        lock (_gate)
        {
            _context.IsConnected = true;
            _requests.OnConnected();
            return End();
        }
    }

    /// <inheritdoc/>
    public TwinOutput OnHubDisconnected()
    {
        lock (_gate)
        {
            _context.IsConnected = false;
            _requests.OnDisconnected();
            return End();
        }
    }

    /// <inheritdoc/>
    public TwinOutput OnShadowMessage(string topic, ReadOnlyMemory<byte> payload)
    {
        if (!_topics.TryParse(topic, out string name, out var operation, out var answer)) return TwinOutput.None;
        var document = JsonText.TryParse(payload.Span);
        lock (_gate)
        {
            if (document is { Kind: JsonKind.Object })
            {
                _answers.OnMessage(name, operation, answer, document);
            }
            else
            {
                _context.Counters.CountStranger();
                TwinLog.NoDocument(_context.Logger, topic);
            }

            return End();
        }
    }

    /// <inheritdoc/>
    public TwinOutput OnDrained()
    {
        lock (_gate)
        {
            _isDrained = !_hasUnspooled;
            if (_isDrained && _context.IsConnected) Settle(_context.Map.All);
            return End();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<TwinOutput> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var output = OnTime();
            if (!output.IsEmpty) return output;
            await _woken.Reader.ReadAsync(cancellation);
        }
    }

    /// <summary>Does what is due by now.</summary>
    public TwinOutput OnTime()
    {
        lock (_gate)
        {
            _timerDue = default; // it may have rung a little early: End sets it anew
            while (_context.TakeAlarm() is { } alarm)
            {
                switch (alarm)
                {
                    case ShadowRequest request:
                        _requests.OnAlarm(request);
                        break;
                    case TwinShadow shadow:
                        _requests.OnAlarm(shadow);
                        break;
                    case CommandOutcome outcome:
                        _outcomes.OnAlarm(outcome);
                        break;
                }
            }

            return End();
        }
    }

    /// <summary>Takes new filters, whose counts begin at zero.</summary>
    /// <exception cref="ArgumentException">A filter is no regular expression.</exception>
    /// <exception cref="NotSupportedException">A filter needs look-around or back-references.</exception>
    public void UpdateFilters(string topicFilter, IReadOnlyList<string> payloadFilters, string forwardTopicFilter)
    {
        var filters = new TwinFilters(topicFilter, payloadFilters, forwardTopicFilter);
        lock (_gate) _intake.Filters = filters;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>The end of each call: makes requests, keeps what changed, sets the timer.</summary>
    private TwinOutput End()
    {
        if (_isDrained && _context.IsConnected) Settle(_context.Touched.ToArray());
        _requests.Pump();
        foreach (var shadow in _context.Touched) _store.Save(shadow.ToRecord());
        _context.Touched.Clear();
        if (_context.NextAlarm is { } due && due != _timerDue)
        {
            _timerDue = due;
            var wait = due - _context.Time.GetUtcNow();
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        if (_room is not null && _requests.HasRoom)
        {
            _room.TrySetResult();
            _room = null;
        }

        return _context.Outbox.Take();
    }

    private void Settle(IEnumerable<TwinShadow> shadows)
    {
        foreach (var shadow in shadows)
        {
            if (!shadow.Settle()) continue;
            _context.Touched.Add(shadow);
            if (shadow.IsDirty) _requests.Revisit(shadow, TimeSpan.Zero);
        }
    }
}
