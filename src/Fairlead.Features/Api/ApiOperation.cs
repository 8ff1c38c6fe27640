namespace Fairlead.Features.Api;

/// <summary>Which API an operation belongs to: names of errors and of signing services differ.</summary>
internal enum ApiService
{
    /// <summary>Control plane: signed for <c>iot</c> or <c>execute-api</c>.</summary>
    Control,

    /// <summary>Data plane: signed for <c>iotdata</c> or <c>iotdevicegateway</c>, or by a client certificate or custom authorizer.</summary>
    Data,

    /// <summary>The hub's own <c>/v1</c> API: administrators alone.</summary>
    Hub,
}

/// <summary>Serves one operation.</summary>
/// <param name="request">The request; valid until the answer.</param>
/// <returns>The answer. Refusals may be returned or thrown as <see cref="ApiException"/>; what is frequent is returned.</returns>
internal delegate ValueTask<ApiResponse> ApiHandler(ApiRequest request);

/// <summary>One operation of the HTTP API.</summary>
/// <param name="Service">API.</param>
/// <param name="Name">Name in the service model, such as <c>CreateThing</c>; also the action that is authorized: <c>iot:CreateThing</c>.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">
/// Path with labels in braces, such as <c>/things/{thingName}</c>. A label ending in <c>+</c> takes the rest of the path, slashes included.
/// </param>
/// <param name="Handler">What serves it.</param>
internal sealed record ApiOperation(ApiService Service, string Name, string Method, string Path, ApiHandler Handler)
{
    /// <summary>ARN that the caller's policy must allow the action on; null checks <c>*</c>. Data operations check for themselves.</summary>
    public Func<ApiRequest, string>? Resource { get; init; }

    /// <summary>Whether anybody may call it: it proves by something else, such as a secret in its path, that it is right to.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Longest body in bytes.</summary>
    public int MaximumBody { get; init; } = 512 * 1024;

    /// <summary>A control operation.</summary>
    public static ApiOperation Control(string name, string method, string path, ApiHandler handler, Func<ApiRequest, string>? resource = null) =>
        new(ApiService.Control, name, method, path, handler) { Resource = resource };

    /// <summary>A data operation. It authorizes by itself.</summary>
    public static ApiOperation Data(string name, string method, string path, ApiHandler handler, int maximumBody = 132 * 1024) =>
        new(ApiService.Data, name, method, path, handler) { MaximumBody = maximumBody };

    /// <summary>An operation of the hub's own API.</summary>
    public static ApiOperation Hub(string name, string method, string path, ApiHandler handler) => new(ApiService.Hub, name, method, path, handler);
}
