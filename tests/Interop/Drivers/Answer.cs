using System.Text.Json;

namespace Fairlead.Interop.Drivers;

/// <summary>A driver's answer to one request.</summary>
/// <param name="Ok">True when the client library reported success.</param>
/// <param name="ReasonCode">The reason or return code the client saw; -1 when it saw none.</param>
/// <param name="Error">The client library's own words.</param>
/// <param name="SessionPresent">Of a CONNACK.</param>
/// <param name="ReasonCodes">Of a SUBACK or UNSUBACK.</param>
/// <param name="Properties">Of a CONNACK.</param>
public sealed record Answer(bool Ok, int ReasonCode, string? Error = null, bool SessionPresent = false, IReadOnlyList<int>? ReasonCodes = null, JsonElement Properties = default)
{
    /// <summary>A number among the CONNACK properties; null when absent.</summary>
    public int? Number(string property) =>
        Properties.ValueKind == JsonValueKind.Object && Properties.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetInt32()
            : null;
}
