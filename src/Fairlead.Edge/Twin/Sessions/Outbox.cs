using System.Threading.Channels;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>Gathers what one call gives the link to do.</summary>
internal sealed class Outbox
{
    private List<LocalPublish> _local = [];
    private readonly Channel<ShadowPublish> _requests = Channel.CreateUnbounded<ShadowPublish>(new UnboundedChannelOptions { SingleWriter = true });
    private List<long> _finished = [];

    /// <summary>To publish on the local broker.</summary>
    public void Add(IEnumerable<LocalPublish> publishes) => _local.AddRange(publishes);

    /// <summary>Requests for the hub that the link has not taken yet; the window bounds their number.</summary>
    public ChannelReader<ShadowPublish> Requests => _requests.Reader;

    /// <summary>To publish to the hub.</summary>
    public void Add(ShadowPublish publish) => _requests.Writer.TryWrite(publish);

    /// <summary>The link is gone: what it has not taken is not sent.</summary>
    public void DropRequests()
    {
        while (_requests.Reader.TryRead(out _)) { }
    }

    /// <summary>A spool record is done.</summary>
    public void Finish(long record) => _finished.Add(record);

    /// <summary>What was gathered; the next call begins anew.</summary>
    public TwinOutput Take()
    {
        if (_local.Count == 0 && _finished.Count == 0) return TwinOutput.None;
        var output = new TwinOutput(_local, _finished);
        (_local, _finished) = ([], []);
        return output;
    }
}
