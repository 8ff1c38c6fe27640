namespace Fairlead.Features.Api;

/// <summary>
/// An operation's refusal. Names and statuses are those of the service models (spec/aws-registry-and-policies, section 1): SDKs make
/// typed exceptions of them.
/// </summary>
internal sealed class ApiException(int status, string type, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Name of the exception shape, sent in <c>x-amzn-ErrorType</c>.</summary>
    public string Type { get; } = type;

    /// <summary>What exists already, for <c>ResourceAlreadyExistsException</c>.</summary>
    public string? ResourceId { get; init; }

    /// <summary>Its ARN.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>What the structured log says when it is the proof of identity that failed; null otherwise.</summary>
    public Broker.Security.AuthenticationFailure? Failure { get; init; }

    /// <summary>400: a member is missing, malformed or out of range.</summary>
    public static ApiException InvalidRequest(string message) => new(400, "InvalidRequestException", message);

    /// <summary>404.</summary>
    public static ApiException NotFound(string message) => new(404, "ResourceNotFoundException", message);

    /// <summary>409: the name is taken by something else.</summary>
    public static ApiException AlreadyExists(string message, string resourceId, string resourceArn) =>
        new(409, "ResourceAlreadyExistsException", message) { ResourceId = resourceId, ResourceArn = resourceArn };

    /// <summary>409: the expected version is not the present one.</summary>
    public static ApiException VersionConflict(string message) => new(409, "VersionConflictException", message);

    /// <summary>409: something still depends on what should be deleted.</summary>
    public static ApiException DeleteConflict(string message) => new(409, "DeleteConflictException", message);

    /// <summary>410: a quota is used up.</summary>
    public static ApiException LimitExceeded(string message) => new(410, "LimitExceededException", message);

    /// <summary>403 of the control plane.</summary>
    public static ApiException AccessDenied(string message) => new(403, "AccessDeniedException", message);

    /// <summary>403 of the data plane.</summary>
    public static ApiException Forbidden(string message) => new(403, "ForbiddenException", message);

    /// <summary>503: try again later.</summary>
    public static ApiException ServiceUnavailable(string message) => new(503, "ServiceUnavailableException", message);
}
