using Fairlead.Load.Engine;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// Who publishes what and who should get it.
internal sealed class Topology
{
    internal required IReadOnlyList<Publisher> Publishers { get; init; }

    internal required IReadOnlyList<(LoadClient Client, IReadOnlyList<string> Filters)> Subscriptions { get; init; }

    internal required IReadOnlyList<Flow> Flows { get; init; }

    internal long Published => Sum(flow => flow.Published);

    internal long Delivered => Sum(flow => flow.Delivered);

    internal long Repeated => Sum(flow => flow.Repeated);

    // Whatever has not come back, whether a gap in the numbers showed it or not.
    internal long Absent => Sum(flow => flow.Expected - flow.Delivered);

    internal long Outstanding => Sum(flow => flow.Outstanding);

    internal IEnumerable<LoadClient> Clients => Publishers.Select(publisher => publisher.Client).Concat(Subscriptions.Select(one => one.Client));

    // All publishers to their own topic, all subscribers to all of them.
    internal static Topology Star(int publishers, int subscribers, int qos, int payload, bool version5)
    {
        var flow = new Flow(subscribers);
        return new Topology
        {
            Flows = [flow],
            Publishers = [.. Enumerable.Range(0, publishers).Select(i => CreatePublisher(i, [$"bench/star/{i:D4}"], qos, payload, version5, flow))],
            Subscriptions =
            [
                .. Enumerable.Range(0, subscribers).Select(i => (
                    new LoadClient($"sub-{i:D5}", version5) { Flow = flow, Arrivals = new OrderedArrivals(publishers) },
                    (IReadOnlyList<string>)[publishers == 1 ? "bench/star/0000" : "bench/star/+"])),
            ],
        };
    }

    // Each publisher has its own subscriber.
    internal static Topology Pairs(int pairs, int qos, int payload, bool version5)
    {
        Flow[] flows = [.. Enumerable.Range(0, pairs).Select(_ => new Flow(1))];
        return new Topology
        {
            Flows = flows,
            Publishers = [.. flows.Select((flow, i) => CreatePublisher(i, [$"bench/pair/{i:D4}"], qos, payload, version5, flow))],
            Subscriptions =
            [
                .. flows.Select((flow, i) => (
                    new LoadClient($"sub-{i:D5}", version5) { Flow = flow, Arrivals = new OrderedArrivals(pairs) },
                    (IReadOnlyList<string>)[$"bench/pair/{i:D4}"])),
            ],
        };
    }

    // Every subscription holds a wildcard, in three shapes; every topic matches exactly one of them.
    internal static Topology Wildcards(int subscriptions, int topics, int publishers, int subscribers, int payload)
    {
        var flow = new Flow(1);
        string[] names = [.. Enumerable.Range(0, topics).Select(k => Topic(k % subscriptions, k / subscriptions))];
        new Random(20_000).Shuffle(names);
        return new Topology
        {
            Flows = [flow],
            Publishers =
            [
                .. names.Chunk(topics / publishers).Select((own, i) => CreatePublisher(i, own, qos: 0, payload, version5: false, flow)),
            ],
            Subscriptions =
            [
                .. Enumerable.Range(0, subscribers).Select(i => (
                    new LoadClient($"sub-{i:D5}") { Flow = flow },
                    (IReadOnlyList<string>)[.. Enumerable.Range(0, subscriptions).Where(s => s % subscribers == i).Select(Filter)])),
            ],
        };
    }

    private static string Topic(int subscription, int variant) => (subscription % 3) switch
    {
        0 => $"site/d{subscription:D5}/{variant}/temp",
        1 => $"hall/d{subscription:D5}/{variant}/temp",
        _ => $"yrd{variant}/d{subscription:D5}/t/temp",
    };

    private static string Filter(int subscription) => (subscription % 3) switch
    {
        0 => $"site/d{subscription:D5}/+/temp",
        1 => $"hall/d{subscription:D5}/#",
        _ => $"+/d{subscription:D5}/t/temp",
    };

    private static Publisher CreatePublisher(int index, IReadOnlyList<string> topics, int qos, int payload, bool version5, Flow flow)
    {
        // Long enough that most writes need not wrap.
        int repeat = Math.Max(1, 1024 / topics.Count);
        var train = new PublishTrain(topics, repeat, qos, payload, (uint)index, version5);
        return new Publisher(new LoadClient($"pub-{index:D5}", version5), train, flow);
    }

    private long Sum(Func<Flow, long> of)
    {
        long sum = 0;
        foreach (Flow flow in Flows)
            sum += of(flow);
        return sum;
    }
}
