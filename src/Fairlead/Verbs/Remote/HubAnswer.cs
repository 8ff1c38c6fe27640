using System.Net;
using System.Text.Json;

namespace Fairlead.Verbs.Remote;

/// <summary>Answer of the hub, whatever it is.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body.</param>
/// <param name="ErrorType">Name of the error, when it is one.</param>
internal sealed record HubAnswer(HttpStatusCode Status, byte[] Body, string? ErrorType)
{
    /// <summary>What the next page is asked for with (Azure dialect); null behind the last.</summary>
    public string? Continuation { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonElement? Json()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What failed, in the words of the hub.</summary>
    /// <param name="what">What was tried.</param>
    public VerbException ToException(string what)
    {
        var problem = Json() is { ValueKind: JsonValueKind.Object } body ? body : default;
        string? message = Text(problem, "message") ?? AzureText(problem);
        string? code = ErrorType ?? Text(problem, "code");
        string told = (message ?? $"the hub answered HTTP {(int)Status}").TrimEnd('.');
        if (message is null && code is null && Status == HttpStatusCode.BadRequest)
            return new VerbException(ExitCode.Failed, what, "the answer is not that of a Fairlead hub (HTTP 400)", "Check the address: the port may be one for https://");
        return Status switch
        {
            HttpStatusCode.Unauthorized => Refused(what),
            HttpStatusCode.Forbidden when message is null || code is null or "MissingAuthenticationTokenException" or "unauthorized" => Refused(what),
            HttpStatusCode.Forbidden => new VerbException(ExitCode.Denied, what, told, CureOfForbidden(code)) { Code = code },
            HttpStatusCode.NotFound => new VerbException(ExitCode.NotFound, what, message is null ? "the hub does not serve this (HTTP 404)" : told, message is null ? "Check the address, and that the hub is of this version" : "Check the name: ls lists what there is") { Code = code },
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => new VerbException(ExitCode.NotFound, what, told, "Try again later, and look into the hub's log") { Code = code },
            HttpStatusCode.GatewayTimeout => new VerbException(ExitCode.Timeout, what, told, "Try again, or wait longer with --timeout") { Code = code },
            HttpStatusCode.Conflict or HttpStatusCode.NotAcceptable => new VerbException(ExitCode.Failed, what, told, CureOfConflict(code)) { Code = code },
            >= HttpStatusCode.InternalServerError => new VerbException(ExitCode.Failed, what, told, "Look into the hub's log") { Code = code },
            _ => new VerbException(ExitCode.Failed, what, told, "Correct what the line above names") { Code = code },
        };
    }

    private static string CureOfForbidden(string code) => code == "tls_needed"
        ? "Give the hub's https:// address with --url and its authority with --cafile"
        : "Ask for the right, or use the administration token of the hub";

    private static string CureOfConflict(string? code) => code switch
    {
        "DeviceAlreadyExists" or "ModuleAlreadyExistsOnDevice" => "Take another id, or delete what there is with rm",
        "ResourceAlreadyExistsException" => "Take another name, or change what there is with set",
        "VersionConflictException" or "ConflictException" => "Read it again and repeat the change with its present version",
        "VersionsLimitExceededException" => "Delete a version with fairlead policy versions NAME --rm VERSION, or give --replace-oldest",
        "DeleteConflictException" => "Detach what the line above names first",
        "CertificateStateException" => "Change its status first: fairlead cert deactivate, or rm --force",
        _ => "Correct what the line above names",
    };

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // ErrorCode:DeviceNotFound;there is no device dev9
    private static string? AzureText(JsonElement body) =>
        Text(body, "Message") is { } text && text.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? text[(end + 1)..] : null;

    private VerbException Refused(string what) => new(
        ExitCode.Denied, what, $"the hub refuses the token (HTTP {(int)Status})", "Give the administration token with --data DIRECTORY, --token-file FILE or FAIRLEAD_TOKEN");
}
