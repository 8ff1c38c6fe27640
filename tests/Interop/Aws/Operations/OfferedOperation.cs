using System.Net.Http.Json;
using System.Text.Json;

namespace Fairlead.Interop.Aws.Operations;

/// <summary>An operation as the hub lists it at <c>/v1/operations</c>.</summary>
/// <param name="Service"><c>iot</c>, <c>iot-data</c> or <c>hub</c>.</param>
/// <param name="Name">Name of the operation.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with labels in braces.</param>
/// <param name="State"><c>offered</c> or <c>refused</c>.</param>
/// <param name="Reason">Why it is refused; null when it is offered.</param>
public sealed record OfferedOperation(string Service, string Name, string Method, string Path, string State, string? Reason)
{
    public bool IsOffered => State == "offered";

    /// <summary>What the hub lists.</summary>
    public static async Task<IReadOnlyList<OfferedOperation>> ListAsync(AwsHub hub) =>
        (await hub.Administrator.GetFromJsonAsync<JsonElement>("/v1/operations")).GetProperty("operations").Deserialize<List<OfferedOperation>>(JsonSerializerOptions.Web)!;
}
