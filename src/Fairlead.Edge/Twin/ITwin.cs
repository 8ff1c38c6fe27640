using System.Threading.Channels;

namespace Fairlead.Edge.Twin;

/// <summary>
/// The local twin of one device as a link sees it: messages go in and come out as values, the link carries them. All members may be called
/// from any thread; none of them waits for I/O except the two that return a task. The order of a life is:
/// <see cref="Accept"/> for each local PUBLISH, then <see cref="FlushAsync"/> once for the batch before it is acknowledged locally; for each
/// spooled twin command <see cref="WaitForRoomAsync"/> and <see cref="Send"/>; <see cref="OnPublished"/> for each PUBACK.
/// </summary>
internal interface ITwin
{
    /// <summary>Topic Filters that the link subscribes to at QoS 1 after each CONNACK, before <see cref="OnHubConnected"/>.</summary>
    IReadOnlyList<string> Subscriptions { get; }

    /// <summary>
    /// Requests for the hub, in the order in which they have to be published: QoS 1, not retained. At most <see cref="TwinOptions.MaxOpen"/>
    /// are there at a time; none is left behind by <see cref="OnHubDisconnected"/>.
    /// </summary>
    ChannelReader<ShadowPublish> Requests { get; }

    /// <summary>Decides about a PUBLISH that came from the local broker on a telemetry or event topic.</summary>
    /// <param name="payload">Its payload; it is not kept beyond the call.</param>
    /// <returns>What to do with it, and what to publish at once.</returns>
    TwinVerdict Accept(ReadOnlyMemory<byte> payload);

    /// <summary>
    /// Completes when all that <see cref="Accept"/> changed so far is on disk. To be called after what it said to spool was given to the spool.
    /// </summary>
    ValueTask FlushAsync(CancellationToken cancellation);

    /// <summary>
    /// Completes when another command may be sent: at most 10 shadow requests of a thing may be without an answer (spec/kanto-edge, section 4).
    /// </summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellation);

    /// <summary>
    /// Turns a spooled twin command into shadow requests, against the state known now. What does not fit the window follows later.
    /// A command that was sent before and whose record is not in <see cref="TwinOutput.Finished"/> yet may be given again after a reconnect.
    /// </summary>
    /// <param name="record">Number of its spool record, which comes back in <see cref="TwinOutput.Finished"/>.</param>
    /// <param name="payload">Payload as <see cref="Accept"/> saw it (a stamped header does no harm); not kept beyond the call.</param>
    TwinOutput Send(long record, ReadOnlyMemory<byte> payload);

    /// <summary>The hub has acknowledged (PUBACK) a request.</summary>
    TwinOutput OnPublished(ShadowPublish publish);

    /// <summary>The link is up and its subscriptions are granted: the twin begins to fetch what it remembers.</summary>
    TwinOutput OnHubConnected();

    /// <summary>The link is down: requests without PUBACK count as not sent.</summary>
    TwinOutput OnHubDisconnected();

    /// <summary>A message on one of <see cref="Subscriptions"/>.</summary>
    TwinOutput OnShadowMessage(string topic, ReadOnlyMemory<byte> payload);

    /// <summary>The spool holds no twin command (any more): what differs from the hub now will not be mended by one that waits.</summary>
    TwinOutput OnDrained();

    /// <summary>Waits for the next thing to do that time alone brings (an expired answer) and gives it. To be called in a loop.</summary>
    ValueTask<TwinOutput> WaitAsync(CancellationToken cancellation);
}
