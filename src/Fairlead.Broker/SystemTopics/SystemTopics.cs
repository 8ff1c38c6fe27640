using System.Globalization;
using System.Reflection;
using System.Text;
using Fairlead.Broker.Diagnostics;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Routing;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.SystemTopics;

/// <summary><c>$SYS/broker/...</c> with the names that existing dashboards know, retained, at a fixed interval.</summary>
internal sealed class SystemTopics(MqttBroker broker)
{
    private static readonly string Version =
        typeof(MqttBroker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private readonly Dictionary<string, string> _last = new(StringComparer.Ordinal);

    /// <summary>Publishes what has changed since the last call.</summary>
    public void Publish()
    {
        var c = broker.Counters;
        long dropped = Enum.GetValues<DropReason>().Sum(c.Dropped);
        long received = Enum.GetValues<QualityOfService>().Sum(c.MessagesReceived);
        long sent = Enum.GetValues<QualityOfService>().Sum(c.MessagesSent);
        Send("version", "fairlead version " + Version);
        Send("uptime", Number(broker.Uptime / 1000) + " seconds");
        Send("clients/connected", Number(c.Connections));
        Send("clients/active", Number(c.Connections));
        Send("clients/disconnected", Number(c.Sessions - c.Connections));
        Send("clients/inactive", Number(c.Sessions - c.Connections));
        Send("clients/total", Number(c.Sessions));
        Send("clients/maximum", Number(c.MostConnections));
        Send("bytes/received", Number(c.BytesReceived));
        Send("bytes/sent", Number(c.BytesSent));
        Send("messages/received", Number(received));
        Send("messages/sent", Number(sent));
        Send("messages/inflight", Number(c.Inflight));
        Send("publish/messages/received", Number(received));
        Send("publish/messages/sent", Number(sent));
        Send("publish/messages/dropped", Number(dropped));
        Send("publish/bytes/received", Number(c.PublishBytesReceived));
        Send("publish/bytes/sent", Number(c.PublishBytesSent));
        Send("subscriptions/count", Number(c.Subscriptions));
        Send("retained messages/count", Number(c.Retained));
        Send("store/messages/count", Number(c.Retained + c.Queued));
        Send("store/messages/bytes", Number(c.RetainedBytes + c.QueuedBytes));
        Send("heap/current", Number(GC.GetTotalMemory(false)));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private void Send(string name, string value)
    {
        if (_last.TryGetValue(name, out string? last) && last == value) return;
        _last[name] = value;
        var scratch = PublishScratch.Of(broker);
        var publication = new Publication
        {
            Topic = Encoding.UTF8.GetBytes("$SYS/broker/" + name),
            Payload = Encoding.UTF8.GetBytes(value),
            Retain = true,
            // Not for the store: the numbers of a broker that is gone help nobody.
            Origin = PublishOrigin.Node,
        };
        broker.Router.Accept(publication, null, scratch);
        scratch.Reset();
    }
}
