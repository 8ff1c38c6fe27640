using Fairlead.Broker.Security;

namespace Fairlead.Unit.Broker;

/// <summary>Lets everybody do everything.</summary>
internal sealed class OpenAuthorizer : IAuthorizer
{
    public bool Governs(AccessSubject subject) => false;

    public Decision Authorize(in AccessRequest request) => new(true);
}
