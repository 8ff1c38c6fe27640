using System.Text.Json;

namespace Fairlead.Interop.Aws;

/// <summary>What an AWS SDK made of the hub's answer.</summary>
/// <param name="Result">Members of the result; null after an error.</param>
/// <param name="Pages">Results of every page, when a paginator was used.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="RequestId">Request id.</param>
/// <param name="Error">The error as the SDK raised it; null after a success.</param>
public sealed record AwsAnswer(JsonElement? Result, JsonElement? Pages, int Status, string? RequestId, AwsError? Error);

/// <summary>An error as an SDK raised it.</summary>
/// <param name="Code">Its code: name of the exception shape.</param>
/// <param name="Message">Its text.</param>
/// <param name="Typed">Class of the exception: typed when it equals the code.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="RequestId">Request id.</param>
/// <param name="Members">Further members.</param>
public sealed record AwsError(string? Code, string? Message, string Typed, int Status, string? RequestId, JsonElement Members);
