namespace Fairlead.Gateway.Cloud.Hooks;

/// <summary>Where something goes, and what it is signed with.</summary>
/// <param name="Url">URL.</param>
/// <param name="Secret">Key of the signature; null for none.</param>
internal sealed record WebhookTarget(Uri Url, string? Secret)
{
    /// <summary>The host alone: the rest may hold secrets.</summary>
    public override string ToString() => Url.Host;
}

/// <summary>A webhook that a device has registered.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="ByPolicy">Whether it was registered in policy mode.</param>
/// <param name="Target">Where to.</param>
/// <param name="Kinds"><c>messages</c>, <c>methods</c>, <c>desired</c>.</param>
internal sealed record Webhook(string DeviceId, bool ByPolicy, WebhookTarget Target, IReadOnlyList<string> Kinds);
