using System.Text.Json;
using Fairlead.Unit.Architecture;

namespace Fairlead.Unit.Rules.Sql;

/// <summary>Reads Cases/*.json; README.md beside them says what the fields mean.</summary>
internal static class CaseFiles
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static T[] Read<T>(string name) =>
        JsonSerializer.Deserialize<T[]>(File.ReadAllText(Path.Combine(SourceTree.Root, "tests", "Unit", "Rules", "Sql", "Cases", $"{name}.json")), Options)!;

    public sealed record Data(string? Text, string? Hex)
    {
        public byte[] Bytes() => Hex is null ? System.Text.Encoding.UTF8.GetBytes(Text!) : Convert.FromHexString(Hex);
    }

    public sealed record Statement(string No, string Sql, string Topic, Data Payload, Data? Output, string? Outcome, string Version, string Point);

    public sealed record Example(string Expression, string? Value);

    public sealed record Template([property: System.Text.Json.Serialization.JsonPropertyName("template")] string Text, string Topic, string Payload, string Result);
}
