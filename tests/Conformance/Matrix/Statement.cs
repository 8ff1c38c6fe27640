using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Conformance.Matrix;

/// <summary>One normative statement of a standard: its id there, and what it asks in our words.</summary>
/// <param name="Id">Such as MQTT-3.1.0-1.</param>
/// <param name="Section">Such as 3.1.0.</param>
/// <param name="Binds">client, server or both.</param>
/// <param name="Says">A short paraphrase; the standard itself is the authority.</param>
/// <param name="Untested">Why no test shows it; null when tests do or it binds the client alone.</param>
internal sealed record Statement(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("section")] string Section,
    [property: JsonPropertyName("binds")] string Binds,
    [property: JsonPropertyName("says")] string Says,
    [property: JsonPropertyName("untested")] string? Untested)
{
    /// <summary>Reads the list of a standard ("mqtt311" or "mqtt5").</summary>
    public static IReadOnlyList<Statement> Read(string standard)
    {
        using var stream = typeof(Statement).Assembly.GetManifestResourceStream(standard + ".json")
            ?? throw new InvalidOperationException($"The list {standard}.json is not embedded.");
        return JsonSerializer.Deserialize<List<Statement>>(stream) ?? [];
    }
}
