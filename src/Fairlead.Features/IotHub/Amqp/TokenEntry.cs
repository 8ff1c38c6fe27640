using Fairlead.Features.IotHub.Credentials;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>What a connection was granted by one token, or by its certificate. A newer token of the same scope takes its place here, and links stay.</summary>
internal sealed class TokenEntry(string audience, HubGrant grant)
{
    private HubGrant _grant = grant;
    private string _audience = audience;

    /// <summary>What it was put for, in the form in which names are compared.</summary>
    public string Audience => Volatile.Read(ref _audience);

    /// <summary>What it allows.</summary>
    public HubGrant Grant => Volatile.Read(ref _grant);

    /// <summary>A newer token of the same scope has come.</summary>
    public void Renew(string audience, HubGrant grant)
    {
        Volatile.Write(ref _audience, audience);
        Volatile.Write(ref _grant, grant);
    }
}
