using System.Buffers;
using System.Text;
using System.Text.Json;
using Fairlead.Features.Fleet.Queries;
using Fairlead.Features.Shadows;

namespace Fairlead.Features.Fleet;

/// <summary>The shadows of one thing as the index sees them; each is read once and only when asked for.</summary>
internal sealed class ThingShadowText(IShadowReader? reader, string thingName)
{
    private readonly Dictionary<string, JsonElement?> _read = new(StringComparer.Ordinal);

    /// <summary>Values at a field below <c>shadow.</c>, such as <c>reported.a.b</c> or <c>name.config.hasDelta</c>.</summary>
    public IEnumerable<FieldValue> ValuesOf(string path)
    {
        string? name = null;
        if (path.StartsWith("name.", StringComparison.Ordinal))
        {
            var end = path.IndexOf('.', "name.".Length);
            name = path["name.".Length..end];
            path = path[(end + 1)..];
        }

        if (Read(name) is not { } shadow) return [];
        if (path == "version") return shadow.TryGetProperty("version", out var version) ? Leaves(version) : [];
        shadow.TryGetProperty("state", out var state);
        if (path == "hasDelta") return [FieldValue.Of(HasDelta(shadow))];
        foreach (var step in path.Split('.'))
        {
            if (state.ValueKind != JsonValueKind.Object || !state.TryGetProperty(step, out state)) return [];
        }

        return Leaves(state);
    }

    /// <summary>All values of all shadows.</summary>
    public IEnumerable<FieldValue> All()
    {
        foreach (var name in Names())
        {
            if (Read(name) is not { } shadow || !shadow.TryGetProperty("state", out var state)) continue;
            foreach (var leaf in Leaves(state)) yield return leaf;
        }
    }

    /// <summary>The member <c>shadow</c> of a search result, JSON text; null when the thing has no shadow.</summary>
    public string? Write()
    {
        if (reader is null) return null;
        var named = reader.NamesOf(thingName).Where(name => Read(name) is not null).ToList();
        var classic = Read(null);
        if (classic is null && named.Count == 0) return null;
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            if (classic is { } shadow) WriteMembers(writer, shadow);
            if (named.Count > 0)
            {
                writer.WriteStartObject("name");
                foreach (var name in named)
                {
                    writer.WriteStartObject(name);
                    WriteMembers(writer, Read(name)!.Value);
                    writer.WriteEndObject();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static bool HasDelta(JsonElement shadow) => shadow.TryGetProperty("state", out var state) && state.TryGetProperty("delta", out _);

    private static void WriteMembers(Utf8JsonWriter writer, JsonElement shadow)
    {
        if (shadow.TryGetProperty("state", out var state))
        {
            foreach (var part in state.EnumerateObject()) part.WriteTo(writer);
        }

        foreach (var name in (string[])["metadata", "version"])
        {
            if (!shadow.TryGetProperty(name, out var member)) continue;
            writer.WritePropertyName(name);
            member.WriteTo(writer);
        }

        writer.WriteBoolean("hasDelta", HasDelta(shadow));
    }

    private static IEnumerable<FieldValue> Leaves(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return element.EnumerateObject().SelectMany(static member => Leaves(member.Value));
            case JsonValueKind.Array:
                return element.EnumerateArray().SelectMany(static item => Leaves(item));
            case JsonValueKind.String:
                return [new FieldValue(element.GetString()!)];
            case JsonValueKind.Number:
                return [new FieldValue(element.GetRawText(), IsNumber: true)];
            case JsonValueKind.True or JsonValueKind.False:
                return [FieldValue.Of(element.ValueKind == JsonValueKind.True)];
            default:
                return [];
        }
    }

    private IEnumerable<string?> Names() => reader is null ? [] : reader.NamesOf(thingName).Prepend(null);

    private JsonElement? Read(string? name)
    {
        if (reader is null) return null;
        if (_read.TryGetValue(name ?? "", out var known)) return known;
        JsonElement? shadow = null;
        if (reader.Find(thingName, name) is { } document)
        {
            using var parsed = JsonDocument.Parse(document);
            shadow = parsed.RootElement.Clone();
        }

        return _read[name ?? ""] = shadow;
    }
}
