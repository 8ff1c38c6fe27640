namespace Fairlead.Features.Api;

/// <summary>Asks about data operations, which name their resource only after their parameters are known to be good.</summary>
internal sealed class DataAuthorizer(HubScope scope, IApiAuthorizer authorizer)
{
    /// <summary>Whether the caller may.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="action">Such as <c>iot:Publish</c>.</param>
    /// <param name="type">Type of the resource, such as <c>topic</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="key">Condition key of this request; null for none.</param>
    /// <param name="value">Its value.</param>
    public bool Allows(Caller caller, string action, string type, string name, string? key = null, string value = "")
    {
        // Nothing is asked about administrators: no resource needs to be written out for them.
        if (caller.Kind == CallerKind.Administrator) return true;
        var keys = key is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value };
        return authorizer.Authorize(caller, action, scope.Arn(type, name), keys).Allowed;
    }

    /// <summary>Whether the caller may on everything, where the resource is <c>*</c>.</summary>
    public bool AllowsAll(Caller caller, string action) => caller.Kind == CallerKind.Administrator || authorizer.Authorize(caller, action, "*").Allowed;

    /// <summary>Refuses a caller who may not, in the words of the data plane, which name nothing (spec/aws-messaging, section 4.2).</summary>
    public void Demand(Caller caller, string action, string type, string name, string? key = null, string value = "")
    {
        if (!Allows(caller, action, type, name, key, value)) throw ApiException.Forbidden("Forbidden");
    }
}
