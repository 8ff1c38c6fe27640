using Fairlead.Features.Api;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;

namespace Fairlead.Features.IotHub.Http;

/// <summary>Identities over HTTP (spec/azure-gateway, section 4.3).</summary>
internal sealed class RegistryRoutes(FeatureContext context, IdentityService identities, IdentityView view, IdentityPresence presence)
{
    private const int LargestPage = 1000;

    /// <summary>The operations.</summary>
    public IEnumerable<IotHubRoute> Routes =>
    [
        new("GET", "/devices", HubPermissions.RegistryRead, List),
        new("PUT", "/devices/{deviceId}", HubPermissions.RegistryWrite, PutAsync),
        new("GET", "/devices/{deviceId}", HubPermissions.RegistryRead, Get),
        new("DELETE", "/devices/{deviceId}", HubPermissions.RegistryWrite, DeleteAsync),
        new("GET", "/devices/{deviceId}/modules", HubPermissions.RegistryRead, ListModules),
        new("PUT", "/devices/{deviceId}/modules/{moduleId}", HubPermissions.RegistryWrite, PutAsync),
        new("GET", "/devices/{deviceId}/modules/{moduleId}", HubPermissions.RegistryRead, Get),
        new("DELETE", "/devices/{deviceId}/modules/{moduleId}", HubPermissions.RegistryWrite, DeleteAsync),
        new("GET", "/statistics/devices", HubPermissions.RegistryRead, CountDevices) { Role = HubRole.Viewer },
        new("GET", "/statistics/service", HubPermissions.RegistryRead, CountConnected) { Role = HubRole.Viewer },
    ];

    /// <summary>Whether the names in a body are those of the path; a body need not name them.</summary>
    private static void CheckNames(IotHubCall call, IdentityInput input)
    {
        if ((input.DeviceId is not null && input.DeviceId != call.Name.DeviceId) || (input.ModuleId is not null && input.ModuleId != call.Name.ModuleId))
            throw new IotHubException(IotHubError.ArgumentInvalid("the ids in the body are not those in the path"));
    }

    private IotHubAnswer Answer(Identity identity) =>
        IotHubAnswer.Json(view.Describe(identity), IdentityDocumentJson.Default.DeviceDocument).With(identity.ETag);

    private ValueTask<IotHubAnswer> Get(IotHubCall call) => new(Answer(identities.Get(call.Name)));

    private ValueTask<IotHubAnswer> List(IotHubCall call)
    {
        int top = IotHubCall.Number(call.Query("top"), "top", 1, LargestPage) ?? LargestPage;
        lock (context.Documents.Gate)
        {
            IReadOnlyList<DeviceDocument> page = [.. identities.DevicesAfter(null).Take(top).Select(view.Describe)];
            return new(IotHubAnswer.Json(page, IdentityDocumentJson.Default.IReadOnlyListDeviceDocument));
        }
    }

    private ValueTask<IotHubAnswer> ListModules(IotHubCall call)
    {
        lock (context.Documents.Gate)
        {
            identities.Get(call.Name);
            IReadOnlyList<DeviceDocument> modules = [.. identities.ModulesOf(call.Name.DeviceId).Select(view.Describe)];
            return new(IotHubAnswer.Json(modules, IdentityDocumentJson.Default.IReadOnlyListDeviceDocument));
        }
    }

    /// <summary>Without If-Match it creates, with it it updates.</summary>
    private async ValueTask<IotHubAnswer> PutAsync(IotHubCall call)
    {
        var input = call.Json(IdentityDocumentJson.Default.IdentityInput);
        CheckNames(call, input);
        var content = input.Content();
        Identity identity;
        lock (context.Documents.Gate) identity = call.IfMatch is { } etag ? identities.Update(call.Name, content, etag) : identities.Create(call.Name, content);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return Answer(identity);
    }

    private async ValueTask<IotHubAnswer> DeleteAsync(IotHubCall call)
    {
        lock (context.Documents.Gate) identities.Delete(call.Name, call.IfMatch);
        await context.Documents.CommitAsync().ConfigureAwait(false);
        return IotHubAnswer.Done;
    }

    private ValueTask<IotHubAnswer> CountDevices(IotHubCall call)
    {
        lock (context.Documents.Gate)
        {
            var counts = new DeviceStatisticsDocument(identities.Devices, identities.EnabledDevices, identities.Devices - identities.EnabledDevices);
            return new(IotHubAnswer.Json(counts, IdentityDocumentJson.Default.DeviceStatisticsDocument));
        }
    }

    private ValueTask<IotHubAnswer> CountConnected(IotHubCall call) =>
        new(IotHubAnswer.Json(new ServiceStatisticsDocument(presence.Connected), IdentityDocumentJson.Default.ServiceStatisticsDocument));
}
