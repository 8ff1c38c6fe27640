using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.IotHub;

/// <summary>Which device, or which module of it, is meant (spec/azure-gateway, section 4.3). Case-sensitive.</summary>
/// <param name="DeviceId">1 to 128 characters; see <see cref="IsId"/>.</param>
/// <param name="ModuleId">The same for a module; null for the device itself.</param>
internal readonly record struct IdentityName(string DeviceId, string? ModuleId = null)
{
    /// <summary>Most characters of an id.</summary>
    public const int LongestId = 128;

    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.+%_#*?!(),:=@$'");

    /// <summary>The device that it belongs to.</summary>
    public IdentityName Device => ModuleId is null ? this : new IdentityName(DeviceId);

    /// <summary>Key of records: the ids with a slash between them, which no id contains.</summary>
    public string Key => ModuleId is null ? DeviceId : $"{DeviceId}/{ModuleId}";

    /// <summary>Whether a device or module may be called so.</summary>
    public static bool IsId([NotNullWhen(true)] string? id) => id is { Length: > 0 and <= LongestId } && !id.AsSpan().ContainsAnyExcept(Letters);

    /// <summary>Takes decoded ids, as they stand in a path or user name.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="moduleId">Module; null for none.</param>
    /// <param name="name">The name.</param>
    /// <returns>False when one of them is no id.</returns>
    public static bool TryCreate([NotNullWhen(true)] string? deviceId, string? moduleId, out IdentityName name)
    {
        bool isValid = IsId(deviceId) && (moduleId is null || IsId(moduleId));
        name = isValid ? new IdentityName(deviceId!, moduleId) : default;
        return isValid;
    }

    /// <summary>Takes a key of a record apart again.</summary>
    public static IdentityName OfKey(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? new IdentityName(key) : new IdentityName(key[..slash], key[(slash + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => Key;
}
