namespace Fairlead.Interop.Drivers;

/// <summary>A client library speaking one protocol version over one route.</summary>
/// <param name="Library">The client library.</param>
/// <param name="Version">Protocol level: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.</param>
/// <param name="Route">The way to the hub.</param>
public sealed record Peer(Foreign Library, int Version, Route Route = Route.Tcp)
{
    /// <summary>The SDK of AWS has no QoS 2.</summary>
    public int MaximumQoS => Library == Foreign.AwsSdk ? 1 : 2;

    public bool Five => Version == 5;

    /// <summary>Every library in every version it speaks, over plain TCP.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new(Foreign.Paho, 3), new(Foreign.Paho, 4), new(Foreign.Paho, 5),
        new(Foreign.MqttJs, 3), new(Foreign.MqttJs, 4), new(Foreign.MqttJs, 5),
        new(Foreign.AwsSdk, 4), new(Foreign.AwsSdk, 5),
    ];

    /// <summary>Theory rows of <see cref="All"/>.</summary>
    public static TheoryData<Peer> EveryVersion => new(All);

    /// <summary>Theory rows of the MQTT 5 clients.</summary>
    public static TheoryData<Peer> FiveOnly => new(All.Where(peer => peer.Five));

    /// <summary>Theory rows of the current versions over every route but plain TCP.</summary>
    public static TheoryData<Peer> EveryRoute => new(
        from route in Enum.GetValues<Route>()
        where route != Route.Tcp
        from peer in All
        where peer.Version >= 4
        select peer with { Route = route });

    public override string ToString() => $"{Library} {Version switch { 3 => "3.1", 4 => "3.1.1", _ => "5" }} over {Route}";
}
