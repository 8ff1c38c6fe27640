using Fairlead.Broker.Security;

namespace Fairlead.Features.IotHub.Mqtt;

/// <summary>Clients of the Azure dialect may use the topics of the dialect and no other (spec/azure-gateway 3.4); about all others the next one decides.</summary>
/// <param name="next">Decides about everybody else.</param>
internal sealed class IotHubAuthorizer(IAuthorizer next) : IAuthorizer
{
    private static readonly Decision Allowed = new(Allowed: true, "iothub");
    private static readonly Decision Denied = new(Allowed: false, "iothub", "the topics of the device's own dialect alone");

    /// <inheritdoc/>
    public bool Governs(AccessSubject subject) => subject.Principal is IotHubPrincipal || next.Governs(subject);

    /// <inheritdoc/>
    public Decision Authorize(in AccessRequest request) => request.Principal is IotHubPrincipal principal
        ? DialectTopics.Allows(principal, request.Action, request.Resource) ? Allowed : Denied
        : next.Authorize(request);
}
