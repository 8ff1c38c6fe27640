namespace Fairlead.Features.IotHub.Credentials;

/// <summary>How far a token reaches: its <c>sr</c>, decoded and cut into segments (spec/azure-gateway, section 5.1).</summary>
/// <param name="Host">Host name, without scheme and port.</param>
/// <param name="DeviceId">Device; null for the hub.</param>
/// <param name="ModuleId">Module; null for none.</param>
/// <param name="IsService">Whether it names something of the service, such as an event log: a device is not below it.</param>
internal readonly record struct TokenScope(string Host, string? DeviceId, string? ModuleId, bool IsService)
{
    /// <summary>Takes an <c>sr</c> apart.</summary>
    /// <returns>False when it names nothing that a hub has.</returns>
    public static bool TryParse(string resource, out TokenScope scope)
    {
        scope = default;
        // Clients encode all of it, or nothing; what is no percent-encoding is left as it stands.
        string text = Uri.UnescapeDataString(resource);
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) text = text[(scheme + 3)..];
        var segments = text.TrimEnd('/').Split('/');
        string host = WithoutPort(segments[0]).ToString();
        if (host.Length == 0) return false;
        bool isDevices = segments.Length > 1 && segments[1].Equals("devices", StringComparison.OrdinalIgnoreCase);
        switch (segments.Length)
        {
            case 1:
                scope = new TokenScope(host, null, null, false);
                return true;
            case 2 when isDevices:
                scope = new TokenScope(host, null, null, false);
                return true;
            case 3 when isDevices && segments[2].Length > 0:
                scope = new TokenScope(host, segments[2], null, false);
                return true;
            case 5 when isDevices && segments[2].Length > 0 && segments[4].Length > 0 && segments[3].Equals("modules", StringComparison.OrdinalIgnoreCase):
                scope = new TokenScope(host, segments[2], segments[4], false);
                return true;
            default:
                scope = new TokenScope(host, null, null, true);
                return !isDevices;
        }
    }

    /// <summary>A host name without the port behind it.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        if (host.Length > 0 && host[0] == '[') return host.IndexOf(']') is > 0 and var end ? host[..(end + 1)] : host;
        int colon = host.IndexOf(':');
        return colon < 0 || host.LastIndexOf(':') != colon ? host : host[..colon];
    }

    /// <summary>The identity that it names, decoded once or, when the ids were encoded before all was, twice: whichever is there.</summary>
    /// <param name="exists">Whether an identity is there.</param>
    public IdentityName? NameOf(Func<IdentityName, bool> exists)
    {
        if (DeviceId is null) return null;
        var name = new IdentityName(DeviceId, ModuleId);
        if (!name.Key.Contains('%', StringComparison.Ordinal) || exists(name)) return name;
        var decoded = new IdentityName(Uri.UnescapeDataString(DeviceId), ModuleId is null ? null : Uri.UnescapeDataString(ModuleId));
        return exists(decoded) ? decoded : name;
    }
}
