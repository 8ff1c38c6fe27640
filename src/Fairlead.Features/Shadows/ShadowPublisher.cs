using Fairlead.Features.Shadows.Documents;
using Fairlead.Protocols.Mqtt;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Shadows;

/// <summary>
/// Tells what was committed: the messages of each change, in the order of the commits, then the answers that waited. One at a time on
/// the thread pool, so that the store goes on writing meanwhile; connections are flushed once for all that came together. What waits is
/// bounded by the requests that may be in flight.
/// </summary>
internal sealed partial class ShadowPublisher(FeatureContext context, DesiredListeners listeners, ILogger<ShadowPublisher> log) : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private List<ShadowOutcome> _waiting = [];
    private List<ShadowOutcome> _current = [];
    private bool _running;
    private int _pending;

    /// <summary>Called with the thing's name after each change that is kept.</summary>
    public event Action<string>? Changed;

    /// <summary>Changes that are made and not told yet.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>A change is under way to the store.</summary>
    public void Announce() => Interlocked.Increment(ref _pending);

    /// <summary>The store has settled a change. Neither blocks nor throws.</summary>
    public void Enqueue(ShadowOutcome outcome)
    {
        lock (_lock)
        {
            _waiting.Add(outcome);
            if (_running) return;
            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Execute()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _running = false;
                    return;
                }

                (_waiting, _current) = (_current, _waiting);
            }

            var scratch = ShadowScratch.Take();
            foreach (var outcome in _current) End(outcome, scratch);
            scratch.Give();
            context.Broker.FlushPublished();
            foreach (var outcome in _current) outcome.LetGo();
            Interlocked.Add(ref _pending, -_current.Count);
            _current.Clear();
        }
    }

    private void End(ShadowOutcome outcome, ShadowScratch scratch)
    {
        try
        {
            if (!outcome.Failed) Tell(outcome, scratch);
        }
        catch (Exception exception)
        {
            LogFailed(exception, outcome.Shadow.Key);
        }

        List<ShadowOutcome>? followers;
        lock (outcome.Thing.Lock)
        {
            if (ReferenceEquals(outcome.Shadow.Pending, outcome)) outcome.Shadow.Pending = null;
            followers = outcome.Followers;
            outcome.Followers = null;
            outcome.Thing.InFlight -= 1 + (followers?.Count ?? 0);
        }

        foreach (var follower in followers ?? [])
        {
            if (outcome.Failed) follower.Waiter?.TrySetResult(false);
            else if (follower.Door == ShadowDoor.Mqtt) Publish(follower, scratch, "get/accepted"u8, follower.Answer);
            follower.Waiter?.TrySetResult(true);
        }

        if (outcome.Failed) outcome.Acknowledgment?.Fail();
        else outcome.Acknowledgment?.Release();
    }

    /// <summary>accepted, delta, documents: in this order (spec/aws-shadow, sections 5.4 and 13), over whichever door the request came.</summary>
    private void Tell(ShadowOutcome outcome, ShadowScratch scratch)
    {
        if (outcome.Answer.Length == 0) return;
        if (!listeners.IsEmpty) listeners.Tell(outcome, scratch);
        if (outcome.Operation == ShadowOperation.Delete)
        {
            Publish(outcome, scratch, "delete/accepted"u8, outcome.Answer);
        }
        else
        {
            Publish(outcome, scratch, "update/accepted"u8, outcome.Answer);
            var current = new ShadowDocument(outcome.After);
            if (!current.Desired.IsEmpty && IsWanted(outcome, scratch, "update/delta"u8)
                && ShadowMessages.WriteDelta(scratch, current, outcome.Time, outcome.Token)) Publish(outcome, scratch.Topic, scratch.Text.Written);
            if (IsWanted(outcome, scratch, "update/documents"u8))
            {
                ShadowMessages.WriteDocuments(scratch.Text, new ShadowDocument(outcome.Before), current, outcome.Time, outcome.Token);
                Publish(outcome, scratch.Topic, scratch.Text.Written);
            }
        }

        Changed?.Invoke(outcome.Thing.Name);
    }

    /// <summary>A message to nobody need not be written: the question and the publication see the same subscriptions.</summary>
    private bool IsWanted(ShadowOutcome outcome, ShadowScratch scratch, ReadOnlySpan<byte> suffix)
    {
        WriteTopic(outcome, scratch.Topic, suffix);
        return context.Broker.IsWanted(scratch.Topic.Written);
    }

    private void Publish(ShadowOutcome outcome, ShadowScratch scratch, ReadOnlySpan<byte> suffix, ReadOnlySpan<byte> payload)
    {
        WriteTopic(outcome, scratch.Topic, suffix);
        Publish(outcome, scratch.Topic, payload);
    }

    // The answer waits for what subscribers and rules have to keep of it.
    private void Publish(ShadowOutcome outcome, ByteBuffer topic, ReadOnlySpan<byte> payload) =>
        context.Broker.PublishOwned(topic.Written, payload, QualityOfService.AtLeastOnce, outcome.Cause, outcome.Promise);

    private static void WriteTopic(ShadowOutcome outcome, ByteBuffer to, ReadOnlySpan<byte> suffix)
    {
        to.Clear();
        to.WriteAscii(ShadowTopic.Prefix);
        to.WriteAscii(outcome.Thing.Name);
        to.Write("/shadow/"u8);
        if (!outcome.Shadow.Name.IsEmpty)
        {
            to.Write("name/"u8);
            to.WriteAscii(outcome.Shadow.Name);
            to.Write((byte)'/');
        }

        to.Write(suffix);
    }

    [LoggerMessage(EventId = 5400, Level = LogLevel.Error, Message = "the messages of a change of shadow {Shadow} could not be published", EventName = "shadow_publish_failed")]
    private partial void LogFailed(Exception exception, string shadow);
}
