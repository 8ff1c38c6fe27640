using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Durability;

/// <summary>
/// Publications that a service of this process has taken and not worked off yet (rules). They lie in the journal of the queues, under a
/// Session that no client can have: its Client Identifier is empty. Keeping goes into the group commit of the publication and its
/// acknowledgment waits for that; what is done before the group is written is not written at all.
/// </summary>
public sealed class KeptPublications
{
    private readonly MqttBroker _broker;
    private readonly Lock _lock = new();
    private List<KeptPublication> _restored = [];
    private long _sessionId;

    internal KeptPublications(MqttBroker broker) => _broker = broker;

    /// <summary>Whether anything survives a restart at all.</summary>
    public bool IsDurable => _broker.Store.IsDurable;

    /// <summary>
    /// Within <see cref="IPublishTap.OnPublish"/> or <see cref="ITopicOwner.OnPublish"/>: takes the publication at hand, whose bytes are
    /// shared with every Session that keeps it.
    /// </summary>
    /// <param name="publication">The publication.</param>
    /// <param name="note">What its keeper has to know of it after a restart; null when it need not survive one.</param>
    /// <returns>It, until <see cref="Done"/>. In memory alone when the store keeps nothing, or nothing now: its publisher is told so.</returns>
    /// <exception cref="InvalidOperationException">No publication is being routed on this thread.</exception>
    public KeptPublication Keep(in Publication publication, string? note)
    {
        var scratch = PublishScratch.AtWork(_broker) ?? throw new InvalidOperationException("a publication is kept while it is routed");
        var message = scratch.Keep(publication);
        if (note is null || !_broker.Store.IsDurable) return new KeptPublication(message, note, null);
        if (!_broker.Store.IsHealthy)
        {
            scratch.StoreRefused = true;
            return new KeptPublication(message, note, null);
        }

        var entry = new QueuedMessage(_broker.NextId(), message, QualityOfService.AtLeastOnce, false, [], Persistence.Pending)
        {
            ShareFilter = note,
            Receipt = scratch.HoldReceipt(),
        };
        scratch.Tell(new StoreChange { Kind = StoreChangeKind.MessageQueued, SessionId = SessionId(), Subject = entry, MayBeCancelled = true });
        return new KeptPublication(message, note, entry);
    }

    /// <summary>It is worked off. From any thread, once for each; <see cref="MqttBroker.FlushPublished"/> on that thread sends what waited for it.</summary>
    public void Done(KeptPublication publication)
    {
        ArgumentNullException.ThrowIfNull(publication);
        if (publication.Entry is not { } entry) return;
        var before = entry.CancelWriting();
        if (before == Persistence.Pending) entry.Receipt?.Release();
        else if (before == Persistence.Written)
            _broker.Store.Append(new StoreChange { Kind = StoreChangeKind.MessageSettled, SessionId = _sessionId, Subject = entry });
    }

    /// <summary>What lay in the store at start, in the order in which it was kept; the second call finds nothing.</summary>
    public IReadOnlyList<KeptPublication> TakeRestored() => Interlocked.Exchange(ref _restored, []);

    internal void Restore(StoredSession stored)
    {
        _sessionId = stored.Record.Id;
        foreach (var entry in stored.Queue) _restored.Add(new KeptPublication(entry.Message, entry.ShareFilter, entry));
    }

    private long SessionId()
    {
        if (Volatile.Read(ref _sessionId) is not 0 and var known) return known;
        lock (_lock)
        {
            if (_sessionId != 0) return _sessionId;
            long id = _broker.NextId();
            var record = new SessionRecord(id, "", ProtocolVersion.V5, uint.MaxValue, 0, 0, null);
            // In the store before anything that refers to it.
            _broker.Store.Append(new StoreChange { Kind = StoreChangeKind.SessionSaved, SessionId = id, Subject = record });
            Volatile.Write(ref _sessionId, id);
            return id;
        }
    }
}
