using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Twins;

namespace Fairlead.Features.IotHub.Http;

/// <summary>Twins over HTTP (spec/azure-gateway, section 4.4).</summary>
internal sealed class TwinRoutes(ITwins twins)
{
    /// <summary>The operations.</summary>
    public IEnumerable<IotHubRoute> Routes => ((string[])["/twins/{deviceId}", "/twins/{deviceId}/modules/{moduleId}"]).SelectMany(path => (IotHubRoute[])
    [
        new("GET", path, HubPermissions.ServiceConnect, GetAsync) { Role = HubRole.Viewer },
        new("PATCH", path, HubPermissions.ServiceConnect, call => WriteAsync(call, replaces: false)) { Role = HubRole.Operator },
        new("PUT", path, HubPermissions.ServiceConnect, call => WriteAsync(call, replaces: true)) { Role = HubRole.Operator },
    ]);

    private static IotHubAnswer Answer(TwinAnswer answer) => answer.Error is { } error
        ? throw new IotHubException(error)
        : new IotHubAnswer(200, answer.Json).With(answer.ETag!);

    private async ValueTask<IotHubAnswer> GetAsync(IotHubCall call) => Answer(await twins.ReadAsync(call.Name, call.Aborted).ConfigureAwait(false));

    private async ValueTask<IotHubAnswer> WriteAsync(IotHubCall call, bool replaces) =>
        Answer(await twins.WriteAsync(call.Name, call.Body, replaces, call.IfMatch, call.Aborted).ConfigureAwait(false));
}
