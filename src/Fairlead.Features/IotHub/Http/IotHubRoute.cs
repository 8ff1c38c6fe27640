using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;

namespace Fairlead.Features.IotHub.Http;

/// <summary>Serves one request of the Azure-shaped HTTP API. A refusal is thrown as <see cref="IotHubException"/>.</summary>
internal delegate ValueTask<IotHubAnswer> IotHubHandler(IotHubCall call);

/// <summary>An operation of the Azure-shaped HTTP API.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path; <c>{deviceId}</c> and <c>{moduleId}</c> become <see cref="IotHubCall.Name"/>, other labels <see cref="IotHubCall.Label"/>.</param>
/// <param name="Need">
/// What the caller needs: <see cref="HubPermissions.DeviceConnect"/> asks for a credential that may act as the identity in the path,
/// anything else for a policy.
/// </param>
/// <param name="Handler">Serves it.</param>
internal sealed record IotHubRoute(string Method, string Path, HubPermissions Need, IotHubHandler Handler)
{
    /// <summary>
    /// The least role of a console user that may call it. Administrators alone, unless it says otherwise: identities come with their keys, and
    /// to receive is to take a message from whom it is for.
    /// </summary>
    public HubRole Role { get; init; } = HubRole.Administrator;

    /// <summary>Longest body in bytes.</summary>
    public int MaximumBody { get; init; } = 256 * 1024;
}
