using System.Globalization;
using System.Text.Json;
using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// The edge connector between a mosquitto and a hub: first everything into the spool with no hub in sight; then the link comes back; then, started
// anew, everything out.
internal sealed class EdgeScenario() : Scenario("edge", "edge connector: 1,000,000 QoS 1 messages spooled durably while the hub is away, then forwarded")
{
    private const int PublisherCount = 50;
    private const int WindowUnacknowledged = 20;
    private const long Patience = 20_000_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        var target = (FairleadTarget)context.Target;
        int messages = context.Settings.SpooledMessages;
        string localData = Directory.CreateDirectory(Path.Combine(context.Data, "local")).FullName;
        using Session local = new(new MosquittoTarget("").Start(new StartOptions(Durable: false, localData)), profiler: null, context.Cancelled);
        LeaveSession(local);
        Interval fill;
        MemorySample memory;
        double file;
        double back;
        using var link = new LinkSwitch();
        using Session hub = (context with { Data = Directory.CreateDirectory(Path.Combine(context.Data, "hub")).FullName }).Start();
        var flow = new Flow(1) { Published = messages };
        Receive(hub, flow, messages);
        using (BrokerProcess edge = target.StartEdge(Configure(context.Data, local.Broker.Port, link.Port, out int page)))
        {
            fill = Fill(local, edge, page, messages);
            memory = edge.ReadMemory();
            file = ReadSample(page, "edge_spool_file_bytes");
            // mosquitto is behind with reading acknowledgements: what it has not read of them when the connector ends, it sends again.
            local.Settle(() => (long)(local.Broker.ReadCpuSeconds() * 100), static () => false);
            back = EdgeReturn.Await(hub, link, flow).SinceConnection;
            link.Cut();
        }

        (Interval drain, double first) = Drain(context, local, hub, flow, messages);
        double backFew;
        using (target.StartEdge(Configure(context.Data, local.Broker.Port, link.Port, out int page)))
            backFew = EdgeReturn.AwaitFew(local, hub, link, name => ReadSample(page, name));
        return
        [
            (Measure.EdgeFillRate, fill.Rate),
            (Measure.EdgeFillCpu, fill.BrokerCpuPerMillion),
            (Measure.EdgeDrainRate, drain.Rate),
            (Measure.EdgeDrainCpu, drain.BrokerCpuPerMillion),
            (Measure.EdgeFirst, first),
            (Measure.EdgeBack, back),
            (Measure.EdgeBackFew, backFew),
            (Measure.EdgeMemory, memory.Resident / 1048576.0),
            (Measure.EdgeFile, file / 1048576.0),
            (Measure.Lost, messages - flow.Delivered),
            (Measure.Repeated, flow.Repeated),
        ];
    }

    // The connector's Session, so that nothing is published before it is there.
    private static void LeaveSession(Session local)
    {
        var cloud = new LoadClient("cloud");
        local.Connect([cloud], clean: false);
        local.Subscribe([(cloud, ["t/#"])], qos: 1);
        cloud.Leave();
    }

    private static string Configure(string data, int localPort, int hubPort, out int page)
    {
        page = Target.FindFreePort();
        string file = Path.Combine(data, "edge.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["address"] = string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{hubPort}"),
            ["localAddress"] = string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{localPort}"),
            ["deviceId"] = "bench:device",
            ["dataDir"] = Path.Combine(data, "edge"),
            ["spool.maxBytes"] = 4L * 1024 * 1024 * 1024,
            ["rate.profile"] = "none",
            ["reconnectInit"] = 0.2,
            ["reconnectMax"] = 0.2,
            ["logFile"] = "",
            ["logLevel"] = "ERROR",
            ["metrics.listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{page}"),
        }));
        return file;
    }

    private static Interval Fill(Session local, BrokerProcess edge, int page, int messages)
    {
        var flow = new Flow(1);
        int each = messages / PublisherCount;
        Publisher[] publishers =
        [
            .. Enumerable.Range(0, PublisherCount).Select(i => new Publisher(
                new LoadClient($"pub-{i:D5}"), new PublishTrain([$"t/{i:D4}"], 100, qos: 1, PipelinedScenario.Payload, (uint)i, version5: false), flow)),
        ];
        local.Connect([.. publishers.Select(publisher => publisher.Client)]);
        long spooled = 0;
        long nextLook = 0;
        double before = edge.ReadCpuSeconds();
        Interval interval = local.Measure(() => spooled, () =>
        {
            long end = local.Loop.Now + (long)Timeout.TotalNanoseconds;
            local.Work(
                () =>
                {
                    foreach (Publisher publisher in publishers)
                    {
                        long count = Math.Min(WindowUnacknowledged - publisher.Client.Unacknowledged, each - publisher.Client.Sent);
                        if (count > 0 && publisher.IsReady)
                            publisher.Publish((int)count);
                    }

                    return Patience;
                },
                () =>
                {
                    if (local.Loop.Now < nextLook)
                        return false;
                    nextLook = local.Loop.Now + 100_000_000;
                    spooled = (long)ReadSample(page, "edge_spool_messages");
                    if (local.Loop.Now > end || edge.HasExited)
                        throw new BenchException($"The edge connector spooled only {spooled} of {messages} messages. {edge.LastWords}");
                    return spooled >= messages;
                });
        });
        return interval with { BrokerCpu = edge.ReadCpuSeconds() - before };
    }

    private static void Receive(Session hub, Flow flow, int messages)
    {
        var receiver = new LoadClient("receiver") { Flow = flow, Arrivals = new SetArrivals(PublisherCount, messages / PublisherCount) };
        hub.Connect([receiver]);
        hub.Subscribe([(receiver, ["telemetry/#"])], qos: 1);
    }

    private static (Interval Drain, double First) Drain(RunContext context, Session local, Session hub, Flow flow, int messages)
    {
        // What came in the moment before the link was cut again.
        hub.Settle(() => flow.Delivered, static () => false);
        long already = flow.Delivered;
        hub.Loop.Touch();
        long started = hub.Loop.Now;
        long firstAt = 0;
        double cpu = 0;
        using BrokerProcess edge = ((FairleadTarget)context.Target).StartEdge(Configure(context.Data, local.Broker.Port, hub.Broker.Port, out _));
        Interval interval = hub.Measure(() => flow.Delivered, () => hub.Until(
            () =>
            {
                if (firstAt == 0 && flow.Delivered > already)
                {
                    firstAt = hub.Loop.Now;
                    cpu = edge.ReadCpuSeconds();
                }

                return flow.Delivered == messages;
            },
            Timeout,
            () => $"{flow.Delivered} of {messages} messages came. {edge.LastWords}"));
        double first = (firstAt - started) / 1e6;
        return (interval with { Seconds = Math.Max(1e-6, interval.Seconds - (first / 1e3)), BrokerCpu = edge.ReadCpuSeconds() - cpu }, first);
    }

    private static double ReadSample(int page, string name)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{page}/metrics"));
        try
        {
            using HttpResponseMessage answer = http.Send(request);
            using var reader = new StreamReader(answer.Content.ReadAsStream());
            double sum = 0;
            while (reader.ReadLine() is { } line)
            {
                if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && (line[name.Length] is ' ' or '{'))
                    sum += double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            }

            return sum;
        }
        catch (HttpRequestException)
        {
            return 0; // not there yet
        }
    }
}
