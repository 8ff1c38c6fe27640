using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Load.Brokers;
using Fairlead.Load.Measuring;
using Fairlead.Load.Wire;

namespace Fairlead.Load.Scenarios;

// TLS handshake with a client certificate, CONNECT, CONNACK, DISCONNECT, close: no session is resumed, as when a whole site comes back. Then the
// same without TLS. The generator's half of the handshake runs on the same cores, so the rate says less than the broker's CPU.
internal sealed class SecureConnectsScenario() : Scenario("connects-mtls", "connect with a client certificate and a policy, CONNACK, disconnect; 16 in parallel")
{
    private const int Lanes = 16;

    internal override IReadOnlyList<(Measure Measure, double Value)> Run(RunContext context)
    {
        using BrokerProcess broker = context.Target.Start(new StartOptions(Durable: false, context.Data, Secure: true, Http: true));
        using X509Certificate2 device = context.Target.CreateDevice(broker, context.Data);
        RunLanes(broker, broker.SecurePort, device, context.Settings.WarmUp, context.Cancelled);
        Interval secure = Measured(broker, broker.SecurePort, device, context);
        Interval plain = Measured(broker, broker.Port, null, context);
        return
        [
            (Measure.Connects, secure.Rate),
            (Measure.BrokerCpu, secure.BrokerCpuPerMillion),
            (Measure.PlainConnects, plain.Rate),
            (Measure.PlainCpu, plain.BrokerCpuPerMillion),
            (Measure.Memory, broker.ReadMemory().Resident / 1048576.0),
        ];
    }

    private static Interval Measured(BrokerProcess broker, int port, X509Certificate2? device, RunContext context)
    {
        double before = broker.ReadCpuSeconds();
        TimeSpan own = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        long count = RunLanes(broker, port, device, context.Settings.Measured, context.Cancelled);
        double seconds = watch.Elapsed.TotalSeconds;
        if (count == 0)
            throw new BenchException($"{broker.Name} accepted nobody. {broker.LastWords}");
        return new Interval(seconds, broker.ReadCpuSeconds() - before, (Process.GetCurrentProcess().TotalProcessorTime - own).TotalSeconds, count);
    }

    private static long RunLanes(BrokerProcess broker, int port, X509Certificate2? device, TimeSpan duration, CancellationToken cancelled)
    {
        long end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var lanes = new Task<long>[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            byte[] connect = Packets.Connect($"lane-{lane:D2}");
            uint source = 0x7F000002 + (uint)lane;
            lanes[lane] = Task.Run(() => RunLaneAsync(port, device, connect, source, end, cancelled), cancelled);
        }

        Task.WaitAll(lanes, cancelled);
        if (broker.HasExited)
            throw new BenchException($"{broker.Name} died under the load. {broker.LastWords}");
        return lanes.Sum(lane => lane.Result);
    }

    private static async Task<long> RunLaneAsync(int port, X509Certificate2? device, byte[] connect, uint source, long end, CancellationToken cancelled)
    {
        long done = 0;
        byte[] answer = new byte[4];
        while (Stopwatch.GetTimestamp() < end)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // Many loopback addresses, so that ports do not run out.
            socket.Bind(new System.Net.IPEndPoint(new System.Net.IPAddress(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(source + ((uint)(done % 8) << 8))), 0));
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, cancelled);
            await using Stream network = new NetworkStream(socket, ownsSocket: false);
            await using Stream stream = device is null ? network : await SecureAsync(network, device, cancelled);
            await stream.WriteAsync(connect, cancelled);
            await stream.ReadExactlyAsync(answer, cancelled);
            if (answer[3] != 0)
                throw new BenchException($"CONNACK code {answer[3]}");
            await stream.WriteAsync(Packets.Disconnect, cancelled);
            done++;
        }

        return done;
    }

    private static async Task<Stream> SecureAsync(Stream network, X509Certificate2 device, CancellationToken cancelled)
    {
        var secure = new SslStream(network, leaveInnerStreamOpen: true, (_, certificate, _, _) => certificate is not null);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [device], AllowTlsResume = false }, cancelled);
        return secure;
    }
}
