using Fairlead.Broker.Security;
using Fairlead.Features.AccessKeys;

namespace Fairlead.Features.Policies;

/// <summary>A client that proved an access key, by a signed WebSocket handshake.</summary>
/// <param name="key">The key as it was then.</param>
internal sealed class AccessKeyPrincipal(AccessKey key) : Principal("key", key.Id)
{
    /// <summary>The key as it was when the client connected.</summary>
    public AccessKey Key { get; } = key;
}
