using System.Diagnostics;
using Fairlead.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Gateway.Http;

/// <summary>A request for a device.</summary>
/// <param name="Context">Request.</param>
/// <param name="DeviceId">Device id, decoded.</param>
/// <param name="Rest">The path behind it, decoded segment by segment.</param>
internal sealed record DeviceRequest(HttpContext Context, string DeviceId, string[] Rest)
{
    /// <summary>The device's token; null in policy mode.</summary>
    public SasToken? Token { get; init; }

    /// <summary>What traces it; null when nobody does.</summary>
    public Activity? Trace { get; init; }

    /// <summary>Method.</summary>
    public string Method => Context.Request.Method;

    /// <summary>The path behind the id as one text.</summary>
    public string Path { get; } = string.Join('/', Rest);
}
