using System.Text.Json.Serialization;
using Fairlead.Features.Api;

namespace Fairlead.Features.Refused;

/// <summary>
/// Answers what is not offered with an error that says so, and lists what is and what is not at <c>/v1/operations</c>. The error is 400
/// InvalidRequestException: nearly every operation of the model knows it, so SDKs raise it as a typed exception with its text, and none
/// repeats the request as it may after a 5xx.
/// </summary>
/// <param name="offered">Operations of all other slices.</param>
internal sealed class RefusedFeature(IReadOnlyCollection<ApiOperation> offered) : IFeature
{
    private readonly List<RefusedOperation> _refused = [.. Leave(offered)];

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => _refused
        .Select(static refused => ApiOperation.Control(refused.Name, refused.Method, refused.Path, _ => Refuse(refused)))
        .Append(ApiOperation.Hub("ListOperations", "GET", "/v1/operations", List));

    private static IEnumerable<RefusedOperation> Leave(IReadOnlyCollection<ApiOperation> offered)
    {
        var names = offered.Where(static operation => operation.Service == ApiService.Control).Select(static operation => operation.Name).ToHashSet(StringComparer.Ordinal);
        return RefusedOperations.All().Where(refused => !names.Contains(refused.Name));
    }

    private static ValueTask<ApiResponse> Refuse(RefusedOperation refused) =>
        throw ApiException.InvalidRequest($"{refused.Name} is not offered by this hub: {refused.Why}");

    private ValueTask<ApiResponse> List(ApiRequest request)
    {
        var all = offered.Select(static operation => new OperationDocument(ServiceOf(operation), operation.Name, operation.Method, operation.Path, "offered", null))
            .Concat(_refused.Select(static refused => new OperationDocument("iot", refused.Name, refused.Method, refused.Path, "refused", refused.Why)))
            .OrderBy(static one => one.Service, StringComparer.Ordinal).ThenBy(static one => one.Name, StringComparer.Ordinal);
        return new(ApiResponse.Json(new OperationListDocument([.. all]), OperationJson.Default.OperationListDocument));

        static string ServiceOf(ApiOperation operation) => operation.Service switch
        {
            ApiService.Control => "iot",
            ApiService.Data => "iot-data",
            _ => "hub",
        };
    }
}

/// <summary>An operation: offered, or refused with the reason.</summary>
internal sealed record OperationDocument(string Service, string Name, string Method, string Path, string State, string? Reason);

/// <summary>All operations.</summary>
internal sealed record OperationListDocument(IReadOnlyList<OperationDocument> Operations);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OperationListDocument))]
internal sealed partial class OperationJson : JsonSerializerContext;
