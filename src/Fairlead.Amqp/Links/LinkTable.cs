using Fairlead.Amqp.Connections;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Amqp.Links;

/// <summary>
/// The links of a session: by handle of each side, and by name and role. The role is part of the key because peers use one name for a sender
/// and a receiver (spec 2.4 rule 5). All under the gate.
/// </summary>
internal sealed class LinkTable(AmqpSession session)
{
    private readonly SlotTable<AmqpLink> _local = new();
    private readonly Dictionary<uint, AmqpLink> _remote = [];
    private readonly Dictionary<(string Name, bool IsReceiver), AmqpLink> _names = [];

    /// <summary>The link that the peer's handle belongs to.</summary>
    public AmqpLink? Find(uint remoteHandle) => _remote.GetValueOrDefault(remoteHandle);

    /// <summary>This side attaches a link.</summary>
    public void Attach(AmqpLink link, LinkSettings settings)
    {
        var key = (link.Name, link.IsReceiver);
        if (_names.ContainsKey(key)) throw new AmqpException(new AmqpError(AmqpCondition.NotAllowed, $"the session has a link {link.Name} already"));
        if (!TryAssign(link)) throw new AmqpException(new AmqpError(AmqpCondition.ResourceLimitExceeded, "the session has no handle left"));
        _names[key] = link;
        link.SendAttach(new Attach
        {
            Name = link.Name,
            Handle = link.Handle,
            IsReceiver = link.IsReceiver,
            SenderSettleMode = settings.SenderSettleMode,
            ReceiverSettleMode = settings.ReceiverSettleMode,
            Source = settings.Source,
            Target = settings.Target,
            InitialDeliveryCount = link.IsReceiver ? null : settings.InitialDeliveryCount,
            MaxMessageSize = link.IsReceiver ? (ulong)settings.MaxMessageSize : null,
            DesiredCapabilities = settings.DesiredCapabilities,
            Properties = settings.Properties,
        });
    }

    /// <summary>The peer attaches a link, or answers an attach; an error ends the session.</summary>
    public AmqpError? OnAttach(Attach attach, int size)
    {
        if (_remote.ContainsKey(attach.Handle)) return new AmqpError(AmqpCondition.HandleInUse, $"handle {attach.Handle} is in use");
        var key = (attach.Name, IsReceiver: !attach.IsReceiver);
        if (_names.TryGetValue(key, out var known))
        {
            if (known.Phase == LinkPhase.AttachSent && !known.HasRemote)
            {
                Keep(attach.Handle, known, size);
                known.OnAnswered(attach);
                return null;
            }

            // Spec 7.4 rule 9: the newer link takes the name.
            known.Detach(new AmqpError(AmqpCondition.Stolen, "a link of the same name took its place"), closed: true);
        }

        var options = session.Connection.Options;
        if (_remote.Count >= options.MaxLinks || session.Connection.AttachBytes + (long)size > options.MaxAttachBytes)
            return new AmqpError(AmqpCondition.ResourceLimitExceeded, "too many links in the session");
        AmqpLink link = key.IsReceiver ? new AmqpReceiver(session, attach.Name) : new AmqpSender(session, attach.Name);
        Keep(attach.Handle, link, size);
        _names[key] = link;
        link.OnRequested(attach);
        session.Connection.Notices.Add(new Notice(NoticeKind.Attach, new AttachRequest(link, attach)));
        return null;
    }

    /// <summary>The peer detaches a link, or answers a detach; an error ends the session.</summary>
    public AmqpError? OnDetach(Detach detach)
    {
        if (!_remote.Remove(detach.Handle, out var link)) return new AmqpError(AmqpCondition.UnattachedHandle, $"no link has handle {detach.Handle}");
        session.Connection.AttachBytes -= link.AttachSize;
        link.OnDetach(detach);
        _local.Remove((int)link.Handle);
        return null;
    }

    /// <summary>Gives a link a handle of this side; false when all are taken.</summary>
    public bool TryAssign(AmqpLink link)
    {
        int handle = _local.Add(link, session.HandleMax);
        if (handle < 0) return false;
        link.Handle = (uint)handle;
        return true;
    }

    /// <summary>Frees the name of a link that is on its way out.</summary>
    public void Forget(AmqpLink link)
    {
        var key = (link.Name, link.IsReceiver);
        if (_names.TryGetValue(key, out var known) && ReferenceEquals(known, link)) _names.Remove(key);
    }

    /// <summary>The session is over.</summary>
    public void DropAll(AmqpError? error)
    {
        foreach (var link in _names.Values.ToArray()) link.Drop(error);
        foreach (var link in _remote.Values)
        {
            session.Connection.AttachBytes -= link.AttachSize;
            link.Drop(error);
        }

        _names.Clear();
        _remote.Clear();
    }

    private void Keep(uint remoteHandle, AmqpLink link, int size)
    {
        link.AttachSize = size;
        session.Connection.AttachBytes += size;
        _remote[remoteHandle] = link;
    }
}
