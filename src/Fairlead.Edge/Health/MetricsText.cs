using System.Globalization;
using System.Text;
using Fairlead.Edge.Hosting;
using Fairlead.Edge.Local;
using Fairlead.Edge.Spool;

namespace Fairlead.Edge.Health;

/// <summary>The metrics in Prometheus' text format (spec section 17.11).</summary>
internal static class MetricsText
{
    /// <summary>Writes them all.</summary>
    public static string Write(EdgeParts parts)
    {
        var text = new StringBuilder(4096);
        WriteMessages(text, parts);
        WriteSpool(text, parts);
        WriteLinks(text, parts);
        WriteAcks(text, parts.Metrics);
        WriteTwin(text, parts);
        return text.ToString();
    }

    private static void WriteMessages(StringBuilder text, EdgeParts parts)
    {
        Head(text, "edge_messages_total", "counter", "Messages by direction (out: to the remote endpoint, in: to local applications), class and result.");
        foreach (var ((direction, messageClass, result), count) in parts.Metrics.Messages)
            Line(text, "edge_messages_total", $"dir=\"{direction}\",class=\"{messageClass}\",result=\"{result}\"", Volatile.Read(ref count.Value));
        Head(text, "edge_local_connected", "gauge", "1 while the local broker is connected.");
        Line(text, "edge_local_connected", "", parts.Session.IsConnected ? 1 : 0);
        Head(text, "edge_commands_waiting", "gauge", "Commands that the local broker does not have yet.");
        Line(text, "edge_commands_waiting", "", parts.Services.Inbox.Waiting);
    }

    private static void WriteSpool(StringBuilder text, EdgeParts parts)
    {
        var statistics = parts.Spool.Statistics;
        long now = parts.Services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Head(text, "edge_spool_messages", "gauge", "Messages in the spool, by class.");
        foreach (var messageClass in Enum.GetValues<MessageClass>())
            Line(text, "edge_spool_messages", $"class=\"{LocalIntake.NameOf(messageClass)}\"", statistics.MessagesByClass[(int)messageClass]);
        Head(text, "edge_spool_bytes", "gauge", "Bytes of the records in the spool.");
        Line(text, "edge_spool_bytes", "", statistics.Bytes);
        Head(text, "edge_spool_file_bytes", "gauge", "Bytes of the spool's files on the disk.");
        Line(text, "edge_spool_file_bytes", "", statistics.FileBytes);
        Head(text, "edge_spool_oldest_seconds", "gauge", "Age of the oldest message in the spool.");
        Line(text, "edge_spool_oldest_seconds", "", statistics.OldestArrival == 0 ? 0 : Math.Max(0, (now - statistics.OldestArrival) / 1000.0));
        Head(text, "edge_spool_blocked", "gauge", "1 while messages wait outside because the spool is full or cannot be written.");
        Line(text, "edge_spool_blocked", "", statistics.IsBlocked ? 1 : 0);
        Head(text, "edge_dead_lettered_total", "counter", "Messages put aside because the remote endpoint cannot take them.");
        Line(text, "edge_dead_lettered_total", "", statistics.DeadLettered);
        Head(text, "edge_dropped_total", "counter", "Messages dropped, by class and reason.");
        foreach (var messageClass in Enum.GetValues<MessageClass>())
        {
            foreach (var reason in Enum.GetValues<DropReason>())
            {
                if (statistics.Dropped[messageClass, reason] is > 0 and var count)
                    Line(text, "edge_dropped_total", $"class=\"{LocalIntake.NameOf(messageClass)}\",reason=\"{NameOf(reason)}\"", count);
            }
        }

        foreach (var ((messageClass, reason), count) in parts.Metrics.Drops)
            Line(text, "edge_dropped_total", $"class=\"{messageClass}\",reason=\"{reason}\"", Volatile.Read(ref count.Value));
    }

    private static void WriteLinks(StringBuilder text, EdgeParts parts)
    {
        Head(text, "edge_hub_connected", "gauge", "1 while the remote endpoint is connected.");
        foreach (var link in parts.Links.Links) Line(text, "edge_hub_connected", $"link=\"{link.Options.Name}\"", link.Status.Connected ? 1 : 0);
        Head(text, "edge_hub_reconnects_total", "counter", "Connections to the remote endpoint after the first.");
        foreach (var link in parts.Links.Links) Line(text, "edge_hub_reconnects_total", $"link=\"{link.Options.Name}\"", link.Reconnects);
        Head(text, "edge_link_messages", "gauge", "Messages that wait for a link, those under way included.");
        foreach (var link in parts.Links.Links) Line(text, "edge_link_messages", $"link=\"{link.Options.Name}\"", link.Cursor.Pending);
        Head(text, "edge_link_inflight", "gauge", "Messages sent and not yet acknowledged.");
        foreach (var link in parts.Links.Links) Line(text, "edge_link_inflight", $"link=\"{link.Options.Name}\"", link.Window.UnderWay);
    }

    private static void WriteAcks(StringBuilder text, EdgeMetrics metrics)
    {
        Head(text, "edge_publish_ack_seconds", "histogram", "From a publication to its acknowledgment by the remote endpoint.");
        long total = 0;
        for (int i = 0; i < EdgeMetrics.AckBounds.Length; i++)
        {
            total += metrics.Acks[i];
            Line(text, "edge_publish_ack_seconds_bucket", string.Create(CultureInfo.InvariantCulture, $"le=\"{EdgeMetrics.AckBounds[i]}\""), total);
        }

        total += metrics.Acks[^1];
        Line(text, "edge_publish_ack_seconds_bucket", "le=\"+Inf\"", total);
        Line(text, "edge_publish_ack_seconds_sum", "", metrics.AckSeconds);
        Line(text, "edge_publish_ack_seconds_count", "", total);
    }

    private static void WriteTwin(StringBuilder text, EdgeParts parts)
    {
        Head(text, "edge_shadow_requests_total", "counter", "Answers to shadow requests, by operation and status; 200 for accepted, 408 for none.");
        foreach (var (operation, status, count) in parts.Twin?.ReadRequests() ?? [])
            Line(text, "edge_shadow_requests_total", string.Create(CultureInfo.InvariantCulture, $"op=\"{operation}\",status=\"{status}\""), count);
    }

    private static string NameOf(DropReason reason) => reason switch
    {
        DropReason.Overflow => "overflow",
        DropReason.Expired => "expired",
        DropReason.QosZero => "qos0",
        DropReason.Blocked => "blocked",
        DropReason.Damaged => "damaged",
        _ => "link_removed",
    };

    private static void Head(StringBuilder text, string name, string kind, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
}
