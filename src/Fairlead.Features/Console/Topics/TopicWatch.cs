using Fairlead.Broker.Extensions;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Features.Console.Topics;

/// <summary>
/// What one page of topics sees: counts of every message, payloads of as many as can be kept in a second. Bounded in every direction, and
/// gone with the page.
/// </summary>
/// <param name="filter">Topic Filter, UTF-8.</param>
/// <param name="time">Clock.</param>
internal sealed class TopicWatch(byte[] filter, TimeProvider time) : IPublishViewer
{
    /// <summary>Messages that are kept for export.</summary>
    public const int MostRecorded = 5_000;

    /// <summary>Messages of the chosen topic that are kept.</summary>
    public const int MostOfOne = 100;

    // Beyond this a page would cost the broker more than it shows: the rest of the second is only counted.
    private const int TakenInSecond = 20_000;

    // Beyond this a copy of each payload would cost the broker more than a page is worth.
    private const int CopiesInSecond = 1_000;
    private const long MostRecordedBytes = 16 * 1024 * 1024;
    private const int LongestRecorded = 128 * 1024;

    private readonly bool _isAll = filter is [(byte)'#'];
    private readonly Queue<WatchedMessage> _recorded = [];
    private readonly Queue<WatchedMessage> _chosen = [];
    private long _recordedBytes;
    private long _second;
    private int _copies;
    private int _taken;
    private long _beyond;
    private long _messages;
    private long _skipped;
    private long _number;
    private TaskCompletionSource _shown = NewSignal();

    /// <summary>Guards everything below, tree included.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Whether messages are kept for export; without it only counts and last values are.</summary>
    public bool Records { get; init; } = true;

    /// <summary>The tree.</summary>
    public TopicTree Tree { get; } = new();

    /// <summary>What the page wants to see.</summary>
    public TopicViewInput View { get; set; } = new(null, null, null, false);

    /// <summary>Messages counted.</summary>
    public long Messages => _messages + Volatile.Read(ref _beyond);

    /// <summary>Messages that were counted but whose payload was not kept.</summary>
    public long Skipped => _skipped + Volatile.Read(ref _beyond);

    /// <summary>Messages that no topic has in its count: they came faster than can be counted by topic, or the tree is full.</summary>
    public long Uncounted => Tree.Missed + Volatile.Read(ref _beyond);

    /// <summary>Messages that came while the page was paused.</summary>
    public long Missed { get; private set; }

    /// <summary>How many an export has.</summary>
    public int Recorded => _recorded.Count;

    /// <inheritdoc/>
    public bool Covers(ReadOnlySpan<byte> topic) => _isAll ? topic is not [(byte)'$', ..] : TopicFilter.Matches(filter, topic);

    /// <inheritdoc/>
    public void Offer(in Publication publication)
    {
        if (!Covers(publication.Topic)) return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (Volatile.Read(ref _taken) >= TakenInSecond && Volatile.Read(ref _second) == now / 1_000)
        {
            // Without the lock, for which every publisher would wait.
            Interlocked.Increment(ref _beyond);
            return;
        }

        lock (Lock)
        {
            if (View.Paused)
            {
                Missed++;
                return;
            }

            if (now / 1_000 != _second) (_second, _copies, _taken) = (now / 1_000, 0, 0);
            _taken++;
            _messages++;
            if (Tree.Get(publication.Topic) is not { } node)
            {
                _skipped++;
                return;
            }

            Tree.Tally(node, publication.Payload.Length);
            (node.At, node.QoS) = (now, (int)publication.QoS);
            if (_copies >= CopiesInSecond)
            {
                _skipped++;
                return;
            }

            _copies++;
            Tree.Keep(node, publication.Payload);
            if (Records) Record(publication, node, now);
        }
    }

    /// <summary>Takes up a retained message as it lies there. Before anything is offered.</summary>
    public void Seed(Broker.Durability.Message message)
    {
        lock (Lock)
        {
            if (Tree.Get(message.Topic) is not { } node) return;
            Tree.Keep(node, message.Payload);
            (node.At, node.QoS) = (message.CreatedAt, (int)message.QoS);
        }
    }

    /// <summary>Chooses the topic whose messages are shown.</summary>
    public void Show(TopicViewInput view)
    {
        lock (Lock)
        {
            if (view.Select != View.Select)
            {
                _chosen.Clear();
                // What is recorded of it already is shown at once.
                foreach (var message in _recorded)
                    if (message.Topic == view.Select) Choose(message);
            }

            View = view;
        }

        Interlocked.Exchange(ref _shown, NewSignal()).TrySetResult();
    }

    /// <summary>Done when the page next wants to see something else: it must not wait for the next look.</summary>
    public Task NextView => Volatile.Read(ref _shown).Task;

    /// <summary>Messages of the chosen topic behind a number. Under the lock.</summary>
    public IEnumerable<WatchedMessage> ChosenAfter(long number) => _chosen.Where(message => message.Number > number);

    /// <summary>Everything that is recorded.</summary>
    public IReadOnlyList<WatchedMessage> Export()
    {
        lock (Lock) return [.. _recorded];
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Record(in Publication publication, TopicNode node, long now)
    {
        var kept = publication.Payload[..Math.Min(publication.Payload.Length, LongestRecorded)];
        var message = new WatchedMessage(
            ++_number, now, node.Path, kept.ToArray(), publication.Payload.Length, (int)publication.QoS, publication.Retain, publication.ClientId,
            publication.Properties.ToArray());
        _recorded.Enqueue(message);
        _recordedBytes += message.Payload.Length;
        while (_recorded.Count > MostRecorded || _recordedBytes > MostRecordedBytes) _recordedBytes -= _recorded.Dequeue().Payload.Length;
        if (node.Path == View.Select) Choose(message);
    }

    private void Choose(WatchedMessage message)
    {
        _chosen.Enqueue(message);
        if (_chosen.Count > MostOfOne) _chosen.Dequeue();
    }
}

/// <summary>A message that a page has seen.</summary>
/// <param name="Number">Grows with each.</param>
/// <param name="At">Milliseconds since the Unix epoch.</param>
/// <param name="Topic">Topic.</param>
/// <param name="Payload">Payload, or its first part.</param>
/// <param name="Size">Bytes of the payload as it came.</param>
/// <param name="QoS">QoS.</param>
/// <param name="Retain">RETAIN flag.</param>
/// <param name="ClientId">Publisher; null when no client published it.</param>
/// <param name="Properties">MQTT 5 properties in wire form.</param>
internal sealed record WatchedMessage(
    long Number, long At, string Topic, byte[] Payload, int Size, int QoS, bool Retain, string? ClientId, byte[] Properties);
