using static Fairlead.Server.Configuration.SettingFactory;

namespace Fairlead.Server.Configuration;

/// <summary>Settings of the Azure dialect (spec/azure-gateway).</summary>
internal static class IotHubSettings
{
    private const long MiB = 1024 * 1024;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>All of them.</summary>
    public static IEnumerable<Setting> All() => [.. Identities(), .. Messages()];

    private static IEnumerable<Setting> Identities() =>
    [
        new ListSetting<string>(
            "IotHub:HostNames",
            "Host names that tokens and user names of the Azure dialect may give for this hub; the first stands in connection strings. Without any, each name is taken.",
            "a list of host names", static text => text.Length > 0 ? (text, "") : (null, "is empty"),
            static o => o.IotHub.HostNames, static (o, v) => o.IotHub.HostNames = v),
        Flag(
            "IotHub:CreateUnknownDevices", "Whether a token of a policy with DeviceConnect may create the device that it speaks for; 'fairlead dev' says true.",
            static o => o.IotHub.CreateUnknownDevices ?? o.DevMode, static (o, v) => o.IotHub.CreateUnknownDevices = v),
        Number(
            "IotHub:TwinRate", "Reads and writes of twins in a second, of the whole hub; more are refused with 429. 0 for no limit.", "requests", 0, 1_000_000,
            static o => o.IotHub.TwinRate, static (o, v) => o.IotHub.TwinRate = (int)v),
    ];

    private static IEnumerable<Setting> Messages() =>
    [
        Number(
            "IotHub:EventPartitions", "Partitions of the log that the Event-Hub-compatible endpoint reads; a store keeps the number that it was made with.", "partitions", 1, 32,
            static o => o.IotHub.EventPartitions, static (o, v) => o.IotHub.EventPartitions = (int)v),
        Time(
            "IotHub:EventRetention", "How long events stay in that log.", Minute, TimeSpan.FromDays(365),
            static o => o.IotHub.EventRetention, static (o, v) => o.IotHub.EventRetention = v),
        Size(
            "IotHub:EventBytes", "Bytes of that log; over it the oldest events go before their time.", MiB, 1024 * 1024 * MiB,
            static o => o.IotHub.EventBytes, static (o, v) => o.IotHub.EventBytes = v),
        Number(
            "IotHub:TelemetryRate", "Messages of one device in a second; more are refused with 429. 0 for no limit.", "messages", 0, 1_000_000,
            static o => o.IotHub.TelemetryRate, static (o, v) => o.IotHub.TelemetryRate = (int)v),
        Number(
            "IotHub:DailyMessages", "Device-to-cloud messages of the whole hub in a day (UTC), over restarts as far as the log of events reaches; more are refused with 403002. 0 for no limit.",
            "messages", 0, int.MaxValue, static o => o.IotHub.DailyMessages, static (o, v) => o.IotHub.DailyMessages = (int)v),
        Number(
            "IotHub:QueueDepth", "Cloud-to-device messages that may wait for one device or module; one more is refused with 403004.", "messages", 1, 10_000,
            static o => o.IotHub.QueueDepth, static (o, v) => o.IotHub.QueueDepth = (int)v),
        Time(
            "IotHub:MessageLife", "Life of a cloud-to-device message that names no expiry.", Second, TimeSpan.FromDays(2),
            static o => o.IotHub.MessageLife, static (o, v) => o.IotHub.MessageLife = v),
        Number(
            "IotHub:MaximumDeliveries", "Deliveries of a cloud-to-device message before it is given up.", "deliveries", 1, 100,
            static o => o.IotHub.MaximumDeliveries, static (o, v) => o.IotHub.MaximumDeliveries = (int)v),
        Time(
            "IotHub:MessageLock", "How long a receiver may keep a message locked.", Second, TimeSpan.FromMinutes(5),
            static o => o.IotHub.MessageLock, static (o, v) => o.IotHub.MessageLock = v),
        Time(
            "IotHub:FeedbackLife", "Life of feedback about cloud-to-device messages.", Minute, Day * 2,
            static o => o.IotHub.FeedbackLife, static (o, v) => o.IotHub.FeedbackLife = v),
        Number(
            "IotHub:CloudToDeviceRate", "Cloud-to-device messages in a second, of the whole hub; more are refused with 429. 0 for no limit.", "messages", 0, 1_000_000,
            static o => o.IotHub.CloudToDeviceRate, static (o, v) => o.IotHub.CloudToDeviceRate = (int)v),
    ];
}
