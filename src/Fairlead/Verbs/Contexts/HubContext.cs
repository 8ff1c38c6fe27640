using System.Text.Json.Serialization;

namespace Fairlead.Verbs.Contexts;

/// <summary>A hub that is kept under a name: where it is, what opens it, whom to trust.</summary>
internal sealed record HubContext
{
    /// <summary>HTTP address.</summary>
    public string Url { get; init; } = "";

    /// <summary>File with the administration token.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The token itself, when there is no file to name.</summary>
    public string? Token { get; init; }

    /// <summary>Data directory of a hub on this machine: its token and its authority are used.</summary>
    public string? Data { get; init; }

    /// <summary>PEM file with the authorities to trust.</summary>
    public string? CaFile { get; init; }
}

/// <summary>The file of contexts.</summary>
internal sealed record ContextDocument
{
    /// <summary>Name of the one in use.</summary>
    public string? Current { get; init; }

    /// <summary>All of them.</summary>
    public SortedDictionary<string, HubContext> Contexts { get; init; } = new(StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(ContextDocument))]
internal sealed partial class ContextJson : JsonSerializerContext;
