using System.Text;
using System.Text.Json;

namespace Fairlead.Edge.Configuration;

/// <summary>
/// Reads suite-connector's <c>provisioning.json</c> (spec section 3). It fills what neither file nor flag has set.
/// </summary>
internal static class ProvisioningFile
{
    /// <summary>Takes the file that <c>provisioningFile</c> names, if it names one.</summary>
    public static void Apply(EdgeValues values, List<ConfigurationProblem> problems)
    {
        if (values.TextOrNull("provisioningFile") is not { } file) return;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            Apply(document.RootElement, values);
        }
        catch (JsonException)
        {
            problems.Add(ConfigurationProblem.Fault("provisioningFile", $"{file} is not valid JSON"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(ConfigurationProblem.Fault("provisioningFile", $"{file} cannot be read: {exception.Message}"));
        }
    }

    private static void Apply(JsonElement root, EdgeValues values)
    {
        if (Find(root, "hub", "credentials") is { } credentials)
        {
            foreach (string key in (ReadOnlySpan<string>)["tenantId", "deviceId", "authId"]) Set(values, key, Text(credentials, key));
            foreach (var secret in Items(credentials, "secrets"))
            {
                Set(values, "password", Text(secret, "password"));
                if (Text(secret, "passwordBase64") is { } encoded) Set(values, "password", Decode(encoded));
            }

            foreach (var adapter in Items(credentials, "adapters"))
            {
                if (Text(adapter, "type") != "mqtt" || Text(adapter, "uri") is not { } uri) continue;
                string port = adapter.TryGetProperty("port", out var number) ? $":{number}" : "";
                Set(values, "address", uri.Contains("://", StringComparison.Ordinal) ? uri + port : $"mqtts://{uri}{port}");
            }
        }

        if (Find(root, "things", "thing") is { } thing) Set(values, "policyId", Text(thing, "policyId"));
    }

    private static void Set(EdgeValues values, string key, string? text)
    {
        if (text is { Length: > 0 } && !values.IsSet(key)) values.Set(EdgeValues.Find(key)!, new SettingValue([text], "provisioningFile"));
    }

    private static JsonElement? Find(JsonElement json, string outer, string inner) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(outer, out var first) && first.ValueKind == JsonValueKind.Object
        && first.TryGetProperty(inner, out var second) && second.ValueKind == JsonValueKind.Object ? second : null;

    private static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int length) ? Encoding.UTF8.GetString(bytes.AsSpan(0, length)) : null;
    }
}
