using System.Text.Json;

namespace Fairlead.Features.IotHub.Query;

/// <summary>A query over twins (spec/azure-gateway, section 4.3), parsed.</summary>
internal sealed record TwinQuery
{
    /// <summary>Whether it asks for modules instead of devices.</summary>
    public bool OfModules { get; init; }

    /// <summary>Most results; null for all.</summary>
    public int? Top { get; init; }

    /// <summary>Name under which the number of twins is told; null when it asks for twins.</summary>
    public string? CountName { get; init; }

    /// <summary>What it selects; null for whole twins.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Path)>? Fields { get; init; }

    /// <summary>Which twins; null for all.</summary>
    public QueryCondition? Where { get; init; }

    /// <summary>Whether a twin is meant.</summary>
    public bool Matches(JsonElement twin) => Where is null || Where(twin) == true;

    /// <summary>Writes what it selects of a twin; what is not there is left out.</summary>
    public void Write(Utf8JsonWriter to, JsonElement twin)
    {
        if (Fields is null)
        {
            twin.WriteTo(to);
            return;
        }

        to.WriteStartObject();
        foreach (var (name, path) in Fields)
        {
            if (QueryNodes.Find(twin, path) is not { } value) continue;
            to.WritePropertyName(name);
            value.WriteTo(to);
        }

        to.WriteEndObject();
    }
}
