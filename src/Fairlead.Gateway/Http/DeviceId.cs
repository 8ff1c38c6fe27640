using System.Buffers;

namespace Fairlead.Gateway.Http;

/// <summary>The grammar of device ids (spec section 4.3).</summary>
internal static class DeviceId
{
    private const int Longest = 128;
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.+%_#*?!(),:=@$'");

    /// <summary>Whether a text can be a device id.</summary>
    public static bool IsValid(string id) => id.Length is > 0 and <= Longest && !id.AsSpan().ContainsAnyExcept(Allowed);
}
