using System.Globalization;

namespace Fairlead.Features.Shadows;

/// <summary>Why a request was rejected: code, exception and text (spec/aws-shadow, section 10).</summary>
/// <param name="Code">HTTP status, and <c>code</c> in the error document.</param>
/// <param name="Type">Name of the exception shape.</param>
/// <param name="Message">Text; escaped for JSON.</param>
internal sealed record ShadowRefusal(int Code, string Type, string Message)
{
    /// <summary>Not JSON, or a null in an array.</summary>
    public static ShadowRefusal InvalidJson { get; } = Invalid("Invalid JSON");

    /// <summary>The token is no string, or too long.</summary>
    public static ShadowRefusal InvalidToken { get; } = Invalid("Invalid clientToken");

    /// <summary>No state.</summary>
    public static ShadowRefusal MissingState { get; } = Invalid("Missing required node: state");

    /// <summary>State is neither an object nor null.</summary>
    public static ShadowRefusal StateNoObject { get; } = Invalid("State node must be an object");

    /// <summary>Desired is neither an object nor null.</summary>
    public static ShadowRefusal DesiredNoObject { get; } = Invalid("Desired node must be an object");

    /// <summary>Reported is neither an object nor null.</summary>
    public static ShadowRefusal ReportedNoObject { get; } = Invalid("Reported node must be an object");

    /// <summary>Version is no whole number.</summary>
    public static ShadowRefusal InvalidVersion { get; } = Invalid("Invalid version");

    /// <summary>Not the name of a thing.</summary>
    public static ShadowRefusal InvalidThing { get; } = Invalid("Invalid thing name");

    /// <summary>Not the name of a shadow.</summary>
    public static ShadowRefusal InvalidShadow { get; } = Invalid("Invalid shadow name");

    /// <summary>The caller's policy does not allow it (HTTP).</summary>
    public static ShadowRefusal Forbidden { get; } = new(403, "ForbiddenException", "Forbidden");

    /// <summary>The thing is not in the registry.</summary>
    public static ShadowRefusal NoThing { get; } = new(404, "ResourceNotFoundException", "Thing not found");

    /// <summary>The version is another one.</summary>
    public static ShadowRefusal Conflict { get; } = new(409, "ConflictException", "Version conflict");

    /// <summary>Too many bytes.</summary>
    public static ShadowRefusal TooLarge { get; } = new(413, "RequestEntityTooLargeException", "The payload exceeds the maximum size allowed");

    /// <summary>Not UTF-8.</summary>
    public static ShadowRefusal NotUtf8 { get; } =
        new(415, "UnsupportedDocumentEncodingException", "Unsupported documented encoding; supported encoding is UTF-8");

    /// <summary>Too many requests at one time, or in one second.</summary>
    public static ShadowRefusal TooMany { get; } = new(429, "ThrottlingException", "Too many requests");

    /// <summary>The disk takes nothing: MQTT has no 503.</summary>
    public static ShadowRefusal Failed { get; } = new(500, "InternalFailureException", "Internal service failure");

    /// <summary>The disk takes nothing (HTTP).</summary>
    public static ShadowRefusal Unavailable { get; } = new(503, "ServiceUnavailableException", "Service unavailable");

    /// <summary>Something else than desired and reported in state.</summary>
    /// <param name="name">Its name, escaped.</param>
    public static ShadowRefusal InvalidNode(string name) => Invalid($"State contains an invalid node: '{name}'");

    /// <summary>Too deep.</summary>
    public static ShadowRefusal TooDeep(int limit) =>
        Invalid(string.Create(CultureInfo.InvariantCulture, $"JSON contains too many levels of nesting; maximum is {limit}"));

    /// <summary>There is no such shadow; the classic one is called by its thing.</summary>
    public static ShadowRefusal NotFound(ReadOnlySpan<char> name) => new(404, "ResourceNotFoundException", $"No shadow exists with name: '{name}'");

    private static ShadowRefusal Invalid(string message) => new(400, "InvalidRequestException", message);
}
