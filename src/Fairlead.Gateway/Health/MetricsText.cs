using System.Globalization;
using System.Text;
using Fairlead.Gateway.Http;
using Fairlead.Gateway.Upstream;

namespace Fairlead.Gateway.Health;

/// <summary>The metrics in Prometheus' text format (spec section 9.4 item 12, checklist 82). No series has a device in it.</summary>
internal static class MetricsText
{
    /// <summary>Writes them all.</summary>
    public static string Write(GatewayServices services, GatewayFigures figures)
    {
        var text = new StringBuilder(8192);
        WriteConnections(text, services.Metrics, figures);
        WriteSends(text, services.Metrics, figures);
        WriteCloud(text, services.Metrics, figures);
        WriteRequests(text, services);
        return text.ToString();
    }

    private static void WriteConnections(StringBuilder text, GatewayMetrics metrics, GatewayFigures figures)
    {
        Head(text, "gateway_connections", "gauge", "AMQP connections to the hub that stand, by kind of credential.");
        foreach (var kind in figures.Pools.GroupBy(static pool => pool.Kind))
            Line(text, "gateway_connections", $"auth=\"{kind.Key}\"", kind.Count(static pool => pool.Live));
        Head(text, "gateway_connection_identities", "gauge", "Devices on a connection.");
        foreach (var pool in figures.Pools) Line(text, "gateway_connection_identities", string.Create(CultureInfo.InvariantCulture, $"auth=\"{pool.Kind}\",connection=\"{pool.Number}\""), pool.Devices);
        Value(text, "gateway_devices", "gauge", "Devices with an entry.", figures.Devices);
        Value(text, "gateway_devices_retired_total", "counter", "Devices whose links were let go after idling or at the expiry of their token.", metrics.Retired);
        Value(text, "gateway_reconnects_total", "counter", "Connections to the hub after the first.", metrics.Reconnects);
        Head(text, "gateway_tokens_total", "counter", "Tokens put to the hub, by result.");
        Line(text, "gateway_tokens_total", "result=\"accepted\"", metrics.PutTokens);
        Line(text, "gateway_tokens_total", "result=\"refused\"", metrics.PutTokenFailures);
        Head(text, "gateway_token_renewals_total", "counter", "Authorisations renewed or made again after a reconnect, by result.");
        Line(text, "gateway_token_renewals_total", "result=\"accepted\"", metrics.Renewals);
        Line(text, "gateway_token_renewals_total", "result=\"refused\"", metrics.RenewalFailures);
        Head(text, "gateway_links", "gauge", "Links attached at the hub, by kind; those that belong in pairs count once.");
        Line(text, "gateway_links", "kind=\"telemetry\"", figures.Links.Telemetry);
        Line(text, "gateway_links", "kind=\"cloud\"", figures.Links.Cloud);
        Line(text, "gateway_links", "kind=\"methods\"", figures.Links.Methods);
        Line(text, "gateway_links", "kind=\"twin\"", figures.Links.Twins);
        Head(text, "gateway_unsettled", "gauge", "Messages given to the hub that it has not settled (out), and of the hub that devices have not settled (in).");
        Line(text, "gateway_unsettled", "direction=\"out\"", figures.Unsettled);
        Line(text, "gateway_unsettled", "direction=\"in\"", figures.Locked);
        Head(text, "gateway_credit", "gauge", "Messages that the hub would take now (out), and that devices would (in), of all links together.");
        Line(text, "gateway_credit", "direction=\"out\"", figures.CreditOut);
        Line(text, "gateway_credit", "direction=\"in\"", figures.CreditIn);
        Value(text, "gateway_links_stolen_total", "counter", "Links that another connection took.", metrics.Steals);
    }

    private static void WriteSends(StringBuilder text, GatewayMetrics metrics, GatewayFigures figures)
    {
        Head(text, "gateway_sends_total", "counter", "Device-to-cloud messages by outcome.");
        Line(text, "gateway_sends_total", "outcome=\"accepted\"", metrics.Sends(null));
        foreach (var kind in Enum.GetValues<HubFaultKind>())
            Line(text, "gateway_sends_total", $"outcome=\"{kind.ToString().ToLowerInvariant()}\"", metrics.Sends(kind));
        Value(text, "gateway_queue_messages", "gauge", "Messages under way to the hub or waiting for it.", figures.Waiting);
        Value(text, "gateway_memory_bytes", "gauge", "Bytes of request bodies in memory.", figures.Bytes);
        Distribution(text, "gateway_settle_seconds", "From a message's arrival to its settlement by the hub.", metrics.Settle);
    }

    private static void WriteCloud(StringBuilder text, GatewayMetrics metrics, GatewayFigures figures)
    {
        Value(text, "gateway_cloud_messages_total", "counter", "Cloud-to-device messages taken from the hub.", metrics.Delivered);
        Head(text, "gateway_cloud_settled_total", "counter", "Cloud-to-device messages settled, by outcome.");
        foreach (var outcome in Enum.GetValues<MessageOutcome>())
            Line(text, "gateway_cloud_settled_total", $"outcome=\"{outcome.ToString().ToLowerInvariant()}\"", metrics.Settled(outcome));
        Value(text, "gateway_cloud_settle_faults_total", "counter", "Settlements that the hub did not take.", metrics.SettleFaults);
        Value(text, "gateway_cloud_locked", "gauge", "Cloud-to-device messages that consumers hold.", figures.Locked);
        Distribution(text, "gateway_method_seconds", "From a direct method's arrival to the device's answer.", metrics.Method);
        Head(text, "gateway_webhook_requests_total", "counter", "Requests to webhooks and callbacks, by result.");
        Line(text, "gateway_webhook_requests_total", "result=\"success\"", metrics.WebhookSent);
        Line(text, "gateway_webhook_requests_total", "result=\"failure\"", metrics.WebhookFailed);
    }

    private static void WriteRequests(StringBuilder text, GatewayServices services)
    {
        Head(text, "gateway_http_requests_total", "counter", "Requests of devices and operators, by class of status.");
        for (int i = 1; i < services.Metrics.Requests.Length; i++)
            Line(text, "gateway_http_requests_total", string.Create(CultureInfo.InvariantCulture, $"class=\"{i}xx\""), Interlocked.Read(ref services.Metrics.Requests[i]));
        Value(text, "gateway_http_requests_active", "gauge", "Requests under way, streams included.", services.State.Requests);
        Value(text, "gateway_streams", "gauge", "Streams and long polls open.", services.State.Streams);
        Value(text, "gateway_webhooks", "gauge", "Webhooks registered.", services.Webhooks.Count);
        Value(text, "gateway_limited_total", "counter", "Requests refused for a rate limit.", services.Metrics.Limited);
        Value(text, "gateway_refused_total", "counter", "Requests refused for a bound on memory or streams.", services.Metrics.Refused);
        Value(text, "gateway_idempotent_hits_total", "counter", "Requests answered with the outcome of an earlier one with the same key.", services.Metrics.IdempotentHits);
        Value(text, "gateway_idempotency_keys", "gauge", "Idempotency keys in memory.", services.Keys.Count);
        Value(text, "gateway_peer_forwards_total", "counter", "Requests handed to another instance.", services.Metrics.PeerForwards);
    }

    private static void Distribution(StringBuilder text, string name, string help, Histogram histogram)
    {
        Head(text, name, "histogram", help);
        long total = 0;
        for (int i = 0; i < Histogram.Bounds.Count; i++)
        {
            total += histogram[i];
            Line(text, name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"le=\"{Histogram.Bounds[i]}\""), total);
        }

        total += histogram[Histogram.Bounds.Count];
        Line(text, name + "_bucket", "le=\"+Inf\"", total);
        Line(text, name + "_sum", "", histogram.Seconds);
        Line(text, name + "_count", "", total);
    }

    private static void Value(StringBuilder text, string name, string kind, string help, double value)
    {
        Head(text, name, kind, help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string kind, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {value}\n");
}
