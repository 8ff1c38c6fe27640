using System.Globalization;
using System.Text;
using Fairlead.Amqp;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Load.Engine;

// The service: sends messages to devices over AMQP at a pace, on a thread of its own.
internal sealed class CloudSender(int port, string policyKey) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private long _sent;

    internal long Sent => Interlocked.Read(ref _sent);

    internal void Start(int devices, int perSecond) => _running = Task.Run(() => RunAsync(devices, perSecond));

    internal void Stop()
    {
        _stop.Cancel();
        _running.GetAwaiter().GetResult();
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(int devices, int perSecond)
    {
        await using HubPeer service = await HubPeer.ConnectAsync(port, "service", policyKey);
        AmqpSender sender = await service.Session.AttachSenderAsync(new LinkSettings { Name = "bench", Target = new Target { Address = "/messages/devicebound" } });
        var random = new Random(7);
        long start = EventLoop.ReadClock();
        long interval = 1_000_000_000 / perSecond;
        for (long sent = 0; !_stop.IsCancellationRequested; sent++)
        {
            long ahead = start + (sent * interval) - EventLoop.ReadClock();
            if (ahead > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(ahead / 1e6)));
            DeliveryState outcome = await sender.SendAsync(Encode($"dev-{random.Next(devices):D5}"));
            if (outcome.Kind != DeliveryStateKind.Accepted)
                throw new BenchException($"the hub did not take a message to a device: {outcome.Error}");
            Interlocked.Increment(ref _sent);
        }
    }

    private static byte[] Encode(string device) => new AmqpMessage
    {
        Properties = new MessageProperties { To = $"/devices/{device}/messages/devicebound", ContentType = "application/json" },
        Data = [Encoding.ASCII.GetBytes(EventLoop.ReadClock().ToString(CultureInfo.InvariantCulture))],
    }.Encode();
}
