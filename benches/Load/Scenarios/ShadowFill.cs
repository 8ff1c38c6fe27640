using Fairlead.Load.Engine;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// Makes shadows of things that do nothing else, over a few connections; one client hears of all of them.
internal static class ShadowFill
{
    private const int Writers = 20;
    private const int UnderWay = 2_000;
    private const long Patience = 20_000_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(300);

    internal static void Run(Session session, int from, int to)
    {
        var flow = new Flow(1);
        var listener = new LoadClient("fill-listener") { Flow = flow };
        LoadClient[] writers = [.. Enumerable.Range(0, Writers).Select(number => new LoadClient($"fill-{number:D2}"))];
        session.Connect([listener, .. writers]);
        session.Subscribe([(listener, ["$aws/things/+/shadow/update/accepted"])], qos: 0);
        int next = from;
        long end = session.Loop.Now + (long)Timeout.TotalNanoseconds;
        session.Work(
            () =>
            {
                while (next < to && next - from - flow.Delivered < UnderWay)
                {
                    LoadClient writer = writers[next % Writers];
                    if (writer.IsWriting)
                        break;
                    writer.Send(new UpdatePacket($"$aws/things/fill-{next:D6}/shadow/update").Take((uint)next));
                    writer.Sent++;
                    next++;
                }

                return Patience;
            },
            () =>
            {
                if (session.Loop.Now > end)
                    throw new BenchException($"{session.Broker.Name} made only {flow.Delivered} of {to - from} shadows in {Timeout.TotalSeconds:0} s.");
                return flow.Delivered == to - from;
            });
        foreach (LoadClient client in (IEnumerable<LoadClient>)[listener, .. writers])
            client.Leave();
    }
}
