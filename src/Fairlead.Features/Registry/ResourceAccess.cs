using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>
/// Further resources of an operation. The endpoint checks one; who puts a thing into a group must be allowed to on both, or the one
/// who may change a thing could give it the policies of any group.
/// </summary>
internal sealed class ResourceAccess(IApiAuthorizer authorizer)
{
    /// <summary>Refuses an operation that the caller's policy does not allow on this resource too.</summary>
    /// <exception cref="ApiException">403.</exception>
    public void Require(ApiRequest request, string arn)
    {
        var action = $"iot:{request.Operation.Name}";
        if (!authorizer.Authorize(request.Caller, action, arn).Allowed)
            throw ApiException.AccessDenied($"{request.Caller.PrincipalId} may not {action} on {arn}, which the operation needs as well");
    }
}
