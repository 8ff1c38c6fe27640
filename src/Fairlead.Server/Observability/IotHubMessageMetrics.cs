using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.CloudToDevice;

namespace Fairlead.Server.Observability;

/// <summary>Metrics of messages and methods of the Azure dialect.</summary>
internal static class IotHubMessageMetrics
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Metric> All =>
    [
        new("fairlead_iothub_telemetry_total", MetricKind.Counter, "{message}", "Device-to-cloud messages of the Azure dialect, by result.", ["result"], Telemetry),
        One("fairlead_iothub_telemetry_bytes_total", MetricKind.Counter, "By", "Bytes of device-to-cloud messages taken, properties included.", static m => m.Telemetry.Counters.Bytes),
        new(
            "fairlead_iothub_devicebound_messages_total", MetricKind.Counter, "{message}",
            "Cloud-to-device messages: accepted, refused, and how they ended (success, expired, delivery_count_exceeded, rejected, purged).", ["result"], CloudToDevice),
        One("fairlead_iothub_devicebound_deliveries_total", MetricKind.Counter, "{delivery}", "Times that a cloud-to-device message was locked for its device.", static m => m.CloudToDeviceCounters.Deliveries),
        One("fairlead_iothub_devicebound_waiting", MetricKind.Gauge, "{message}", "Cloud-to-device messages that wait or are locked.", static m => m.CloudToDeviceCounters.Waiting),
        new("fairlead_iothub_feedback_total", MetricKind.Counter, "{record}", "Records of feedback about cloud-to-device messages: made, and dropped because nobody fetched them.", ["result"], Feedback),
        new(
            "fairlead_iothub_methods_total", MetricKind.Counter, "{call}", "Calls of direct methods, by result.", ["result"],
            static s => s.IotHubMessages?.Methods.Counters.ByResult().Select(static one => new MetricSample([one.Result], one.Count)) ?? []),
        new(
            "fairlead_iothub_method_seconds", MetricKind.Histogram, "s", "From the call of a direct method to the device's answer.", ["le"],
            static s => s.IotHubMessages is { } messages ? MetricCatalog.Ranges(messages.Methods.Counters.Answers) : []),
        One("fairlead_iothub_mqtt_devices", MetricKind.Gauge, "{device}", "Devices of the Azure dialect connected over MQTT.", static m => m.MqttDevices),
    ];

    private static Metric One(string name, MetricKind kind, string unit, string help, Func<MessagingFeature, double> read) =>
        new(name, kind, unit, help, [], sources => [new MetricSample([], sources.IotHubMessages is { } messages ? read(messages) : 0)]);

    private static IEnumerable<MetricSample> Telemetry(MetricSources sources)
    {
        if (sources.IotHubMessages is not { } messages) yield break;
        yield return new(["accepted"], messages.Telemetry.Counters.Accepted);
        yield return new(["refused"], messages.Telemetry.Counters.Refused);
    }

    private static IEnumerable<MetricSample> CloudToDevice(MetricSources sources)
    {
        if (sources.IotHubMessages is not { } messages) yield break;
        yield return new(["accepted"], messages.CloudToDeviceCounters.Accepted);
        yield return new(["refused"], messages.CloudToDeviceCounters.Refused);
        foreach (var status in Enum.GetValues<FeedbackStatus>()) yield return new([MetricCatalog.Label(status.ToString())], messages.CloudToDeviceCounters.Ended(status));
    }

    private static IEnumerable<MetricSample> Feedback(MetricSources sources)
    {
        if (sources.IotHubMessages is not { } messages) yield break;
        yield return new(["made"], messages.CloudToDeviceCounters.Feedback);
        yield return new(["dropped"], messages.CloudToDeviceCounters.FeedbackDropped);
    }
}
