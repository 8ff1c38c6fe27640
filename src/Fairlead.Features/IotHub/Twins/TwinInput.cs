using System.Text.Json;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.IotHub.Twins;

/// <summary>Takes from a document that a service sent what it may write: tags and desired. Reported and whatever else a twin shows is not looked at (spec/azure-gateway, section 4.4).</summary>
internal static class TwinInput
{
    /// <summary>Writes the change as the rules of shadows take it.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="document">What came.</param>
    /// <param name="replaces">Whether what is not there is emptied.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Write(ByteBuffer to, ReadOnlySpan<byte> document, bool replaces)
    {
        Range tagsAt = default;
        Range desiredAt = default;
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "the twin is not a JSON object";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("tags"u8)) tagsAt = Value(ref reader);
                else if (reader.ValueTextEquals("properties"u8)) ReadProperties(ref reader, ref desiredAt);
                else reader.Skip();
            }

            if (reader.Read()) return "something follows the twin";
        }
        catch (JsonException)
        {
            return "the twin is not JSON";
        }

        var tags = document[tagsAt];
        var desired = document[desiredAt];
        if (replaces)
        {
            if (tags.IsEmpty || tags.SequenceEqual("null"u8)) tags = "{}"u8;
            if (desired.IsEmpty || desired.SequenceEqual("null"u8)) desired = "{}"u8;
        }
        else if (tags.IsEmpty && desired.IsEmpty)
        {
            return "the twin has neither tags nor properties.desired";
        }

        to.Write((byte)'{');
        WriteState(to, desired);
        if (!tags.IsEmpty)
        {
            to.Write(desired.IsEmpty ? "\"tags\":"u8 : ",\"tags\":"u8);
            to.Write(tags);
        }

        to.Write((byte)'}');
        return null;
    }

    private static void WriteState(ByteBuffer to, ReadOnlySpan<byte> desired)
    {
        if (desired.IsEmpty) return;
        to.Write("\"state\":{\"desired\":"u8);
        to.Write(desired);
        to.Write((byte)'}');
    }

    private static void ReadProperties(ref Utf8JsonReader reader, ref Range desired)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("desired"u8)) desired = Value(ref reader);
            else reader.Skip();
        }
    }

    private static Range Value(ref Utf8JsonReader reader)
    {
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }
}
