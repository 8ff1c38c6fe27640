namespace Fairlead.Broker.Routing;

/// <summary>
/// Which subscriptions a publication goes to. An interface, so that several nodes can exchange their filters (design promise 7); on one
/// node it is the topic tree.
/// </summary>
internal interface IRouteTable
{
    /// <summary>Adds a subscription, or puts it in the place of <paramref name="old"/>.</summary>
    void Add(Subscription subscription, Subscription? old);

    /// <summary>Removes a subscription.</summary>
    void Remove(Subscription subscription);

    /// <summary>Collects what matches a Topic Name.</summary>
    void Match(ReadOnlySpan<byte> topic, MatchList matches);

    /// <summary>Finds a shared group by its full filter; null when it has no members.</summary>
    SharedGroup? FindGroup(string fullFilter);
}
