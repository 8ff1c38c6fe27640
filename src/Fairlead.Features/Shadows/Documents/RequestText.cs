using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>Writes parts of a request back: its state as it was sent, and the times of what it names (spec/aws-shadow, section 4.2).</summary>
internal static class RequestText
{
    /// <summary>Writes a value in compact form.</summary>
    public static void WriteValue(ByteBuffer to, JsonTree request, int node)
    {
        var kind = request[node].Kind;
        if (request.IsClean || kind is not (JsonKind.Object or JsonKind.Array))
        {
            to.Write(request.Text(node));
            return;
        }

        to.Write(kind == JsonKind.Object ? (byte)'{' : (byte)'[');
        bool isFirst = true;
        for (int inner = request.First(node); inner >= 0; inner = request.After(inner))
        {
            if (!isFirst) to.Write((byte)',');
            isFirst = false;
            if (kind == JsonKind.Object) WriteName(to, request.Name(inner));
            WriteValue(to, request, inner);
        }

        to.Write(kind == JsonKind.Object ? (byte)'}' : (byte)']');
    }

    /// <summary>Writes the metadata of a value: one time for each leaf, nulls included.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="request">Request.</param>
    /// <param name="node">Value.</param>
    /// <param name="time">A leaf: <c>{"timestamp":T}</c>.</param>
    public static void WriteMetadata(ByteBuffer to, JsonTree request, int node, ReadOnlySpan<byte> time)
    {
        var kind = request[node].Kind;
        if (kind is not (JsonKind.Object or JsonKind.Array))
        {
            to.Write(time);
            return;
        }

        to.Write(kind == JsonKind.Object ? (byte)'{' : (byte)'[');
        bool isFirst = true;
        for (int inner = request.First(node); inner >= 0; inner = request.After(inner))
        {
            if (!isFirst) to.Write((byte)',');
            isFirst = false;
            if (kind == JsonKind.Object) WriteName(to, request.Name(inner));
            WriteMetadata(to, request, inner, time);
        }

        to.Write(kind == JsonKind.Object ? (byte)'}' : (byte)']');
    }

    /// <summary>Writes a name with its quotes and the colon.</summary>
    public static void WriteName(ByteBuffer to, ReadOnlySpan<byte> name)
    {
        to.Write((byte)'"');
        to.Write(name);
        to.Write("\":"u8);
    }
}
