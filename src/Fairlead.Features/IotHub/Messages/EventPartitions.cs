using System.Text;

namespace Fairlead.Features.IotHub.Messages;

/// <summary>Which partition a device belongs to: a hash that is the same in every process and version, for the log outlives them.</summary>
internal static class EventPartitions
{
    private const uint OffsetBasis = 2_166_136_261;
    private const uint Prime = 16_777_619;

    /// <summary>FNV-1a of the id's UTF-8, folded to the number of partitions.</summary>
    public static int Of(string deviceId, int partitions)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(IdentityName.LongestId)];
        var length = Encoding.UTF8.GetBytes(deviceId.AsSpan(0, Math.Min(deviceId.Length, IdentityName.LongestId)), bytes);
        var hash = OffsetBasis;
        foreach (var value in bytes[..length]) hash = (hash ^ value) * Prime;
        return (int)(hash % (uint)partitions);
    }
}
