using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>
/// Things and named shadows that stand behind devices and modules. Ids take more letters than names: an id that is no name, or that
/// looks like what follows, becomes <c>az:</c> and the id with each other character as a colon and two hexadecimal digits; one that
/// gets too long becomes <c>az::</c> and its digest. So two ids never share a thing.
/// </summary>
internal static class ThingNames
{
    private const string Escaped = "az:";
    private const string Digested = "az::";
    private const int LongestThing = Shadows.ShadowName.LongestThing;
    private const int LongestShadow = Shadows.ShadowName.LongestShadow;
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    private static readonly SearchValues<char> PlainLetters = SearchValues.Create(Plain);
    private static readonly SearchValues<char> ThingLetters = SearchValues.Create(Plain + ":");
    private static readonly SearchValues<char> ShadowLetters = SearchValues.Create(Plain + ":$");

    /// <summary>Name of the thing behind a device.</summary>
    public static string OfDevice(string deviceId) => NameOf(deviceId, ThingLetters, LongestThing);

    /// <summary>Name of the named shadow behind a module.</summary>
    public static string OfModule(string moduleId) => NameOf(moduleId, ShadowLetters, LongestShadow);

    private static string NameOf(string id, SearchValues<char> letters, int longest)
    {
        if (id.Length <= longest && !id.AsSpan().ContainsAnyExcept(letters) && !id.StartsWith(Escaped, StringComparison.Ordinal)) return id;
        var name = new StringBuilder(Escaped);
        foreach (char c in id)
        {
            if (PlainLetters.Contains(c)) name.Append(c);
            else name.Append(':').Append(((int)c).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return name.Length <= longest ? name.ToString() : Digested + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..(longest / 2)];
    }
}
