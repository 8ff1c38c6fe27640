using Fairlead.Broker.Security;
using Fairlead.Features.Api;

namespace Fairlead.Features.Policies;

/// <summary>Lets administrators and keys without a policy of their own do everything, and others nothing.</summary>
internal sealed class AdministratorPolicy : IApiAuthorizer
{
    /// <inheritdoc/>
    public Decision Authorize(Caller caller, string action, string resource, IReadOnlyDictionary<string, string>? keys = null) =>
        new(caller.Kind == CallerKind.Administrator || caller.Key is { PolicyDocument: null });
}
