namespace Fairlead.Features.IotHub;

/// <summary>Options of the Azure dialect (section <c>IotHub</c> of the configuration). Filled once while the hub starts.</summary>
public sealed class IotHubOptions
{
    /// <summary>
    /// Host names that tokens, user names and addresses may give for this hub; the first is told to clients. Empty accepts whichever name
    /// a client knows the hub by.
    /// </summary>
    public IReadOnlyList<string> HostNames { get; set; } = [];

    /// <summary>Whether a policy token with DeviceConnect may create the device that it speaks for; null: in developer's mode alone.</summary>
    public bool? CreateUnknownDevices { get; set; }

    /// <summary>Partitions of the device-to-cloud log; what a store was made with stays.</summary>
    public int EventPartitions { get; set; } = 4;

    /// <summary>How long the device-to-cloud log keeps events.</summary>
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Bytes of all partitions that the device-to-cloud log keeps; over it the oldest go before their time.</summary>
    public long EventBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Cloud-to-device messages that may wait for one identity (spec/azure-gateway, section 2.6).</summary>
    public int QueueDepth { get; set; } = 50;

    /// <summary>Life of a cloud-to-device message that names no expiry.</summary>
    public TimeSpan MessageLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Deliveries of a cloud-to-device message before it is given up.</summary>
    public int MaximumDeliveries { get; set; } = 10;

    /// <summary>How long a receiver may keep a message locked.</summary>
    public TimeSpan MessageLock { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Life of feedback records.</summary>
    public TimeSpan FeedbackLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Device-to-cloud messages a second for one identity; 0 for no limit.</summary>
    public int TelemetryRate { get; set; }

    /// <summary>Device-to-cloud messages of the hub in one day (UTC), counted from the start of the process on; 0 for no limit.</summary>
    public int DailyMessages { get; set; }

    /// <summary>Cloud-to-device messages a second for the hub; 0 for no limit.</summary>
    public int CloudToDeviceRate { get; set; }

    /// <summary>Reads and writes of twins a second for the hub; 0 for no limit.</summary>
    public int TwinRate { get; set; }
}
