using Fairlead.Edge.Spool;
using Fairlead.Edge.Topics;

namespace Fairlead.Edge.Transforms;

/// <summary>A batch being filled.</summary>
/// <param name="rule">Its rule.</param>
/// <param name="remote">Where it goes.</param>
/// <param name="since">Time stamp of its first message.</param>
internal sealed class OpenBatch(TransformRule rule, RemotePublish remote, long since)
{
    private readonly List<SpooledMessage> _members = [];

    public TransformRule Rule { get; } = rule;

    public RemotePublish Remote { get; } = remote;

    public long Since { get; } = since;

    /// <summary>Messages in it.</summary>
    public IReadOnlyList<SpooledMessage> Members => _members;

    /// <summary>Bytes of their payloads.</summary>
    public int Bytes { get; private set; }

    public void Add(SpooledMessage message)
    {
        _members.Add(message);
        Bytes += message.Payload.Length;
    }
}
