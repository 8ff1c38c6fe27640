using System.Globalization;
using System.Text;
using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// Devices that speak HTTP, through one gateway into one hub, each in a process of its own: every device holds a stream open for what the
// cloud sends and sends messages itself. First with few devices, then with many. A tenth of them are behind proxies of their sites, which bring a
// hundred streams on one HTTP/2 connection; all others have a connection of their own.
internal sealed class GatewayScenario() : Scenario(
    "gateway", "20,000 HTTP devices, 2,000 of them behind site proxies (100 to an HTTP/2 connection), through one gateway into a durable hub, each sending and receiving")
{
    private const int Callers = 256;
    private const int Few = 1_000;
    private const int CloudMessagesPerSecond = 100;
    private const int OpenedAtATime = 200;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        Round few = RunOnce(context, Few, "few");
        Round many = RunOnce(context, (int)Math.Min(context.Settings.GatewayDevices, MostStreams() / 9L * 10), "many");
        return
        [
            (Measure.GatewayDevices, many.Devices),
            (Measure.GatewayShared, many.Shared),
            (Measure.GatewayConnections, many.Connections),
            (Measure.Throughput, many.Sending.Rate),
            (Measure.ThroughputFew, few.Sending.Rate),
            (Measure.BrokerCpu, many.Sending.BrokerCpuPerMillion),
            (Measure.GatewayCpu, many.GatewayCpu),
            (Measure.GeneratorCpu, many.Sending.GeneratorCpuPerMillion),
            (Measure.GatewayBytes, many.BytesEachDevice),
            (Measure.GatewayIdle, many.IdleCpu),
            (Measure.CloudP50, many.Cloud.Percentile(0.5) / 1e3),
            (Measure.CloudP99, many.Cloud.Percentile(0.99) / 1e3),
            (Measure.CloudP99Few, few.Cloud.Percentile(0.99) / 1e3),
            (Measure.GatewayDelivered, 100.0 * many.Cloud.Count / Math.Max(1, many.CloudSent)),
            (Measure.Unexpected, few.Unexpected + many.Unexpected),
        ];
    }

    private static Round RunOnce(RunContext context, int devices, string name)
    {
        var target = (FairleadTarget)context.Target;
        string data = Directory.CreateDirectory(Path.Combine(context.Data, name)).FullName;
        using var session = new Session(target.Start(new StartOptions(Durable: true, data, Http: true, Amqp: true)), context.Profiler, context.Cancelled);
        using var api = new HubApi(session.Broker.HttpPort, data);
        using BrokerProcess gateway = target.StartGateway(session.Broker.AmqpPort, Key(api, "device"));
        long before = gateway.ReadMemory().Resident;
        int shared = devices / 10;
        DeviceEvents[] streams = [.. Enumerable.Range(0, devices).Select(static _ => new DeviceEvents())];
        Open(session, gateway, streams.AsMemory(0, devices - shared));
        OpenShared(session, gateway, streams, devices - shared);
        session.For(context.Settings.WarmUp, static () => long.MaxValue);
        double idleFrom = gateway.ReadCpuSeconds();
        session.For(context.Settings.Measured, static () => long.MaxValue);
        double idle = (gateway.ReadCpuSeconds() - idleFrom) / context.Settings.Measured.TotalSeconds * 100;
        double bytes = (gateway.ReadMemory().Resident - before) / (double)devices;

        (Histogram cloud, long sent) = Deliver(context, session, streams, Key(api, "service"));
        HttpSender[] callers = [.. Enumerable.Range(0, Callers).Select(static _ => new HttpSender())];
        (Interval sending, double gatewayCpu) = Send(context, session, gateway, callers, devices);
        return new Round(devices, shared, ReadConnections(gateway), sending, gatewayCpu, bytes, idle, cloud, sent, callers.Sum(static caller => caller.Unexpected));
    }

    // A process may hold so many sockets; each of gateway and generator needs one for each stream, and some more.
    private static int MostStreams()
    {
        string line = File.ReadLines("/proc/self/limits").First(static one => one.StartsWith("Max open files", StringComparison.Ordinal));
        string hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long most) ? (int)Math.Min(int.MaxValue, most - 1_000) : int.MaxValue;
    }

    private static string Key(HubApi api, string policy) => (string)api.Call(HttpMethod.Get, $"/v1/iothub/policies/{policy}")["primaryKey"]!;

    private static string TargetOf(int device) => string.Create(CultureInfo.InvariantCulture, $"/api/dev-{device:D5}/stream?kinds=messages&ack=auto");

    private static void Open(Session session, BrokerProcess gateway, ReadOnlyMemory<DeviceEvents> events)
    {
        int devices = events.Length;
        EventStream[] streams = [.. events.ToArray().Select(static one => new EventStream(one))];
        var address = new IPv4Address(IPv4Address.Loopback, gateway.HttpPort);
        int opened = 0;
        int streaming = 0;
        session.Until(
            () =>
            {
                while (streaming < opened && events.Span[streaming].IsStreaming)
                    streaming++;
                for (; opened < devices && opened - streaming < OpenedAtATime; opened++)
                {
                    streams[opened].Open(session.Loop, address);
                    streams[opened].Send(Encoding.ASCII.GetBytes($"GET {TargetOf(opened)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
                }

                if (Array.Exists(streams, static stream => stream.WasCut))
                    throw new BenchException($"the gateway cut a stream. {gateway.LastWords}");
                return streaming == devices;
            },
            Timeout,
            () => $"only {streaming} of {devices} streams were opened. {gateway.LastWords}");
    }

    // The streams from that one on.
    private static void OpenShared(Session session, BrokerProcess gateway, DeviceEvents[] streams, int first)
    {
        List<SharedStreams> proxies = [];
        var address = new IPv4Address(IPv4Address.Loopback, gateway.Http2Port);
        for (int device = first; device < streams.Length; device++)
        {
            if (proxies.Count == 0 || proxies[^1].IsFull)
            {
                proxies.Add(new SharedStreams());
                proxies[^1].Open(session.Loop, address);
                proxies[^1].Greet();
            }

            proxies[^1].Get(TargetOf(device), streams[device]);
        }

        session.Until(
            () => proxies.Exists(static proxy => proxy.WasCut)
                ? throw new BenchException($"the gateway cut a stream. {gateway.LastWords}")
                : Array.TrueForAll(streams, static stream => stream.IsStreaming),
            Timeout,
            () => $"only {streams.Count(static stream => stream.IsStreaming)} of {streams.Length} streams were opened. {gateway.LastWords}");
    }

    private static (Histogram Latency, long Sent) Deliver(RunContext context, Session session, DeviceEvents[] streams, string key)
    {
        var latency = new Histogram();
        foreach (DeviceEvents stream in streams)
            stream.Latency = latency;
        using var service = new CloudSender(session.Broker.AmqpPort, key);
        service.Start(streams.Length, CloudMessagesPerSecond);
        session.For(context.Settings.Paced, static () => long.MaxValue);
        service.Stop();
        session.Settle(() => latency.Count, () => latency.Count >= service.Sent);
        return (latency, service.Sent);
    }

    private static (Interval Sending, double GatewayCpu) Send(RunContext context, Session session, BrokerProcess gateway, HttpSender[] callers, int devices)
    {
        byte[][] requests = [.. Enumerable.Range(0, devices).Select(CreateRequest)];
        long sent = 0;
        foreach (HttpSender caller in callers)
        {
            caller.Open(session.Loop, new IPv4Address(IPv4Address.Loopback, gateway.HttpPort));
            caller.Next = one => one.Request(requests[sent++ % devices], session.Loop.Now);
            caller.Next(caller);
        }

        session.For(context.Settings.WarmUp, static () => long.MaxValue);
        double cpu = gateway.ReadCpuSeconds();
        Interval interval = session.Measure(() => callers.Sum(static caller => caller.Answered), () => session.For(context.Settings.Measured, static () => long.MaxValue));
        cpu = gateway.ReadCpuSeconds() - cpu;
        foreach (HttpSender caller in callers)
            caller.Next = null;
        session.Until(() => Array.TrueForAll(callers, static caller => !caller.IsBusy), TimeSpan.FromSeconds(30), () => $"not every message was answered. {gateway.LastWords}");
        return (interval, cpu / Math.Max(1, interval.Count) * 1e6);
    }

    private static byte[] CreateRequest(int device)
    {
        const string Payload = """{"temperature":21.5,"humidity":48.2,"state":"ok","note":"a telemetry message of a usual size, 100B"}""";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"POST /api/dev-{device:D5} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {Payload.Length}\r\n\r\n{Payload}"));
    }

    private static double ReadConnections(BrokerProcess gateway)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{gateway.HttpPort}/status"));
        using HttpResponseMessage answer = http.Send(request);
        using var status = System.Text.Json.JsonDocument.Parse(answer.Content.ReadAsStream());
        return status.RootElement.GetProperty("connections").GetInt32();
    }

    private sealed record Round(
        int Devices, int Shared, double Connections, Interval Sending, double GatewayCpu, double BytesEachDevice, double IdleCpu, Histogram Cloud, long CloudSent, long Unexpected);
}
