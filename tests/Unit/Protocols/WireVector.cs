using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Protocols.Mqtt;
using Fairlead.Unit.Architecture;

namespace Fairlead.Unit.Protocols;

/// <summary>One entry of Vectors/*.json; README.md beside them says what the fields mean.</summary>
internal sealed record WireVector(
    string Name,
    ProtocolVersion Version,
    byte[] Bytes,
    int MaximumPacketSize,
    JsonObject? Packet,
    ReasonCode? Error,
    bool Incomplete,
    bool Canonical,
    IReadOnlyList<string> Statements)
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "Unit", "Protocols", "Vectors");

    public static IEnumerable<string> Files => Directory.GetFiles(
        Folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    public static List<WireVector> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
        return document.RootElement.EnumerateArray().Select(Parse).ToList();
    }

    private static WireVector Parse(JsonElement vector) => new(
        vector.GetProperty("name").GetString()!,
        (ProtocolVersion)vector.GetProperty("version").GetByte(),
        Convert.FromHexString(vector.GetProperty("hex").GetString()!.Replace(" ", "", StringComparison.Ordinal)),
        vector.TryGetProperty("maximumPacketSize", out JsonElement maximum) ? maximum.GetInt32() : Wire.NoLimit,
        vector.TryGetProperty("packet", out JsonElement packet) ? JsonObject.Create(packet.Clone()) : null,
        vector.TryGetProperty("error", out JsonElement error)
            ? (ReasonCode)byte.Parse(error.GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : null,
        vector.TryGetProperty("incomplete", out JsonElement incomplete) && incomplete.GetBoolean(),
        !vector.TryGetProperty("canonical", out JsonElement canonical) || canonical.GetBoolean(),
        vector.TryGetProperty("statements", out JsonElement statements) ? [.. statements.EnumerateArray().Select(id => id.GetString()!)] : []);
}
