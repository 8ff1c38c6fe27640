namespace Fairlead.Edge.Twin.Sessions;

/// <summary>Gathers what one call gives the link to do.</summary>
internal sealed class Outbox
{
    private List<LocalPublish> _local = [];
    private List<ShadowPublish> _requests = [];
    private List<long> _finished = [];

    /// <summary>To publish on the local broker.</summary>
    public void Add(IEnumerable<LocalPublish> publishes) => _local.AddRange(publishes);

    /// <summary>To publish to the hub.</summary>
    public void Add(ShadowPublish publish) => _requests.Add(publish);

    /// <summary>A spool record is done.</summary>
    public void Finish(long record) => _finished.Add(record);

    /// <summary>What was gathered; the next call begins anew.</summary>
    public TwinOutput Take()
    {
        if (_local.Count == 0 && _requests.Count == 0 && _finished.Count == 0) return TwinOutput.None;
        var output = new TwinOutput(_local, _requests, _finished);
        (_local, _requests, _finished) = ([], [], []);
        return output;
    }
}
