using System.Text;
using Fairlead.Load.Brokers;
using Fairlead.Load.Engine;
using Fairlead.Load.Measuring;

namespace Fairlead.Load.Scenarios;

// Messages to single devices with a confirmation by their PUBACK, called for over HTTP: as fast as 64 callers go, then at a pace that
// leaves the hub idle between two of them, and to a device that is not there.
internal sealed class DirectScenario() : Scenario("direct", "confirmed direct messages, 64 callers over HTTP keep-alive to 1,000 devices")
{
    private const int Callers = 64;
    private const int Devices = 1_000;
    private const long CallsPerSecond = 1_000;
    private const long Interval = 1_000_000_000 / CallsPerSecond;

    internal override bool IsOurs => true;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using var session = new Session(context.Target.Start(new StartOptions(Durable: false, context.Data, Http: true)), context.Profiler, context.Cancelled);
        LoadClient[] devices = [.. Enumerable.Range(0, Devices).Select(static i => new LoadClient($"device-{i:D4}"))];
        session.Connect(devices);
        string token = File.ReadAllText(Path.Combine(context.Data, "admin.token")).Trim();
        byte[][] present = [.. devices.Select(device => CreateRequest(device.ClientId, token))];
        byte[][] absent = [CreateRequest("nobody", token)];
        HttpSender[] callers = [.. Enumerable.Range(0, Callers).Select(static _ => new HttpSender())];
        foreach (HttpSender caller in callers)
            caller.Open(session.Loop, new IPv4Address(IPv4Address.Loopback, session.Broker.HttpPort));

        long sent = 0;
        foreach (HttpSender caller in callers)
        {
            caller.Next = one => one.Request(present[sent++ % Devices], session.Loop.Now);
            caller.Next(caller);
        }

        session.For(context.Settings.WarmUp, static () => long.MaxValue);
        Measuring.Interval fast = session.Measure(() => Answered(callers), () => session.For(context.Settings.Measured, static () => long.MaxValue));
        MemorySample memory = session.Broker.ReadMemory();
        foreach (HttpSender caller in callers)
            caller.Next = null;
        session.Until(() => Array.TrueForAll(callers, static caller => !caller.IsBusy), TimeSpan.FromSeconds(10), () => "not every call was answered");

        Histogram confirmed = Pace(context, session, callers, present, 200);
        Histogram refused = Pace(context, session, callers, absent, 404);
        Measuring.Interval onTopics = new RequestResponse(session, Callers, Devices).Run(context.Settings);
        return
        [
            (Measure.DirectMessages, fast.Rate),
            (Measure.BrokerCpu, fast.BrokerCpuPerMillion),
            (Measure.GeneratorCpu, fast.GeneratorCpuPerMillion),
            (Measure.RoundTrips, onTopics.Rate),
            (Measure.RoundTripCpu, onTopics.BrokerCpuPerMillion),
            (Measure.DirectShare, fast.Rate / onTopics.Rate),
            (Measure.DirectCpuShare, fast.BrokerCpuPerMillion / onTopics.BrokerCpuPerMillion),
            (Measure.LatencyP50, confirmed.Percentile(0.5) / 1e3),
            (Measure.LatencyP99, confirmed.Percentile(0.99) / 1e3),
            (Measure.AbsentP50, refused.Percentile(0.5) / 1e3),
            (Measure.AbsentP99, refused.Percentile(0.99) / 1e3),
            (Measure.Memory, memory.Resident / 1048576.0),
            (Measure.Unexpected, callers.Sum(static caller => caller.Unexpected)),
        ];
    }

    private static long Answered(HttpSender[] callers) => callers.Sum(static caller => caller.Answered);

    // Call k is due at k times the interval, whatever happened to those before it.
    private static Histogram Pace(RunContext context, Session session, HttpSender[] callers, byte[][] requests, int status)
    {
        var latency = new Histogram();
        foreach (HttpSender caller in callers)
        {
            caller.Latency = latency;
            caller.Expected = status;
        }

        session.Loop.Touch();
        long start = session.Loop.Now;
        long sent = 0;
        session.For(context.Settings.Paced / 2, () =>
        {
            long now = EventLoop.ReadClock();
            long due = start + (sent * Interval);
            while (due <= now && callers[sent % Callers] is { IsBusy: false } caller)
            {
                caller.Request(requests[sent % requests.Length], due);
                sent++;
                due += Interval;
            }

            return Math.Max(50_000, due - now);
        });
        session.Until(() => Array.TrueForAll(callers, static caller => !caller.IsBusy), TimeSpan.FromSeconds(10), () => "not every call was answered");
        return latency;
    }

    private static byte[] CreateRequest(string clientId, string token)
    {
        const string Payload = "{\"command\":\"reboot\",\"after\":5}";
        return Encoding.ASCII.GetBytes(
            $"POST /connections/{clientId}/messages?topic=commands%2Freboot&confirmation=true HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
            $"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {Payload.Length}\r\n\r\n{Payload}");
    }
}
