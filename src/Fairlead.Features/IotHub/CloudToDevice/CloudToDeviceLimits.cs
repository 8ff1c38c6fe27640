namespace Fairlead.Features.IotHub.CloudToDevice;

/// <summary>Limits of cloud-to-device messages that are not settings (spec/azure-gateway 2.6).</summary>
internal static class CloudToDeviceLimits
{
    /// <summary>Largest message in bytes, counted as <see cref="Messages.IotMessage.Size"/> does.</summary>
    public const int LargestMessage = 64 * 1024;

    /// <summary>Longest life of a message, whatever expiry its sender names.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(2);
}
