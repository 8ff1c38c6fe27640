namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Which link carries the answers to which twin requests of a connection: clients name the pair by a correlation id. Thread-safe.</summary>
internal sealed class TwinChannels
{
    private readonly Lock _gate = new();
    private readonly List<TwinAnswerLink> _answers = [];

    /// <summary>A link for answers has come.</summary>
    public void Add(TwinAnswerLink link)
    {
        lock (_gate) _answers.Add(link);
    }

    /// <summary>It has gone.</summary>
    public void Remove(TwinAnswerLink link)
    {
        lock (_gate) _answers.Remove(link);
    }

    /// <summary>The link for answers to an identity's requests: the one with the same correlation id, else the identity's latest.</summary>
    public TwinAnswerLink? Find(IdentityName identity, string channel)
    {
        lock (_gate)
        {
            return _answers.FindLast(link => link.Identity == identity && link.Channel == channel) ?? _answers.FindLast(link => link.Identity == identity);
        }
    }
}
