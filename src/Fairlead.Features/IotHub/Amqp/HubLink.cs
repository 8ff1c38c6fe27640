using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>A link of a <see cref="HubConnection"/>: what it is for, whose it is, and which token allows it.</summary>
internal abstract class HubLink(HubConnection connection, NodeAddress address, TokenEntry? token)
{
    private AmqpError? _ending;
    private AmqpLink? _link;
    private bool _isGone;

    /// <summary>The connection.</summary>
    public HubConnection Connection { get; } = connection;

    /// <summary>What it is for.</summary>
    public NodeKind Kind => Address.Kind;

    /// <summary>What it is attached to.</summary>
    public NodeAddress Address { get; } = address;

    /// <summary>Whose it is; of those kinds that belong to an identity.</summary>
    public IdentityName Identity => Address.Identity;

    /// <summary>What allows it; null for links that need nothing.</summary>
    public TokenEntry? Token { get; } = token;

    /// <summary>Whether the hub sends on it.</summary>
    public abstract bool IsSender { get; }

    /// <summary>The link itself; null before it is accepted.</summary>
    public AmqpLink? Link => Volatile.Read(ref _link);

    /// <summary>Whether it has ended.</summary>
    public bool IsGone => Volatile.Read(ref _isGone);

    /// <summary>Whether a later one of the same identity takes its place.</summary>
    public virtual bool IsExclusive => true;

    /// <summary>What the hub offers.</summary>
    protected AmqpServices Services => Connection.Endpoint.Services;

    /// <summary>What is counted.</summary>
    protected AmqpCounters Counters => Connection.Endpoint.Counters;

    /// <summary>Answers the peer's attach.</summary>
    public void Accept(AttachRequest request)
    {
        var link = Open(request);
        Volatile.Write(ref _link, link);
        if (Volatile.Read(ref _ending) is { } error) link.Detach(error);
    }

    /// <summary>Called when the link is attached and known to the hub.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Detaches the link, from any thread.</summary>
    public void End(AmqpError error)
    {
        Volatile.Write(ref _ending, error);
        Volatile.Read(ref _link)?.Detach(error);
    }

    /// <summary>Accepts the link.</summary>
    protected abstract AmqpLink Open(AttachRequest request);

    /// <summary>The link is gone, whoever ended it.</summary>
    protected void Ended()
    {
        Volatile.Write(ref _isGone, true);
        Connection.Remove(this);
    }

    /// <summary>The error as AMQP carries it.</summary>
    protected AmqpError Of(IotHubError error) => AmqpErrors.Of(error, Services.Time);

    /// <summary>The outcome that tells an error.</summary>
    protected DeliveryState Rejected(IotHubError error) => DeliveryState.Rejected(Of(error));
}
