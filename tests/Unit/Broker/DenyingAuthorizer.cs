using System.Collections.Concurrent;
using System.Text;
using Fairlead.Broker.Security;

namespace Fairlead.Unit.Broker;

/// <summary>Governs everybody and denies what it is told to.</summary>
internal sealed class DenyingAuthorizer : IAuthorizer
{
    private readonly ConcurrentDictionary<(AccessAction Action, string Resource), bool> _denied = new();

    public bool Governs(AccessSubject subject) => true;

    public DenyingAuthorizer Deny(AccessAction action, string resource)
    {
        _denied[(action, resource)] = true;
        return this;
    }

    public void Allow(AccessAction action, string resource) => _denied.TryRemove((action, resource), out _);

    public Decision Authorize(in AccessRequest request) => new(!_denied.ContainsKey((request.Action, Encoding.UTF8.GetString(request.Resource))));
}
