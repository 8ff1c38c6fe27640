using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>The documents of spec/aws-shadow, section 4. Times are whole seconds. A client token stands as it was sent, quotes included.</summary>
internal static class ShadowMessages
{
    /// <summary>Section 4.2: what was asked for, its times, and the new version.</summary>
    public static void WriteAccepted(ByteBuffer to, ShadowRequest request, long version, uint time)
    {
        Span<byte> room = stackalloc byte[40];
        to.Write("{\"state\":"u8);
        RequestText.WriteValue(to, request.Tree, request.State);
        to.Write(",\"metadata\":"u8);
        RequestText.WriteMetadata(to, request.Tree, request.State, StoredText.FormatTime(time, room));
        WriteVersion(to, version, time);
        WriteEnd(to, request.Token);
    }

    /// <summary>Section 4.5.</summary>
    public static void WriteGet(ShadowScratch scratch, ShadowDocument document, uint time, ReadOnlySpan<byte> token)
    {
        var to = scratch.Text;
        to.Clear();
        scratch.Other.Clear();
        to.Write("{\"state\":"u8);
        WriteSections(to, document, StoredText.WriteState);
        int end = to.Length;
        to.Length--; // delta goes before the closing brace; with one there is desired, so a comma too
        to.Write(",\"delta\":"u8);
        if (new ShadowDelta(to, scratch.Other, scratch.Values).Write(document.Desired, document.Reported)) to.Write((byte)'}');
        else CloseAt(to, end);
        to.Write(",\"metadata\":"u8);
        WriteSections(to, document, StoredText.WriteMetadata);
        WriteVersion(to, document.Version, time);
        WriteEnd(to, token);
    }

    /// <summary>Section 4.3. False when the shadow is in sync: there is no such message then.</summary>
    public static bool WriteDelta(ShadowScratch scratch, ShadowDocument document, uint time, ReadOnlySpan<byte> token)
    {
        var to = scratch.Text;
        to.Clear();
        scratch.Other.Clear();
        to.Write("{\"version\":"u8);
        to.WriteDecimal(document.Version);
        to.Write(",\"timestamp\":"u8);
        to.WriteDecimal(time);
        to.Write(",\"state\":"u8);
        if (!new ShadowDelta(to, scratch.Other, scratch.Values).Write(document.Desired, document.Reported)) return false;
        to.Write(",\"metadata\":"u8);
        to.Write(scratch.Other.Written);
        WriteEnd(to, token);
        return true;
    }

    /// <summary>Section 4.4; the first update has no previous document.</summary>
    public static void WriteDocuments(ByteBuffer to, ShadowDocument previous, ShadowDocument current, uint time, ReadOnlySpan<byte> token)
    {
        to.Clear();
        to.Write((byte)'{');
        if (previous.Exists)
        {
            to.Write("\"previous\":"u8);
            WriteStored(to, previous);
            to.Write((byte)',');
        }

        to.Write("\"current\":"u8);
        WriteStored(to, current);
        to.Write(",\"timestamp\":"u8);
        to.WriteDecimal(time);
        WriteEnd(to, token);
    }

    /// <summary>Section 4.6: the version that was deleted.</summary>
    public static void WriteDeleted(ByteBuffer to, long version, uint time, ReadOnlySpan<byte> token)
    {
        to.Write("{\"version\":"u8);
        to.WriteDecimal(version);
        to.Write(",\"timestamp\":"u8);
        to.WriteDecimal(time);
        WriteEnd(to, token);
    }

    /// <summary>Section 4.7.</summary>
    public static void WriteRejected(ByteBuffer to, ShadowRefusal refusal, ReadOnlySpan<byte> token)
    {
        to.Write("{\"code\":"u8);
        to.WriteDecimal(refusal.Code);
        to.Write(",\"message\":\""u8);
        to.Write(System.Text.Encoding.UTF8.GetBytes(refusal.Message));
        to.Write((byte)'"');
        WriteEnd(to, token);
    }

    private static void CloseAt(ByteBuffer to, int end)
    {
        to.Length = end - 1;
        to.Write((byte)'}');
    }

    private static void WriteStored(ByteBuffer to, ShadowDocument document)
    {
        to.Write("{\"state\":"u8);
        WriteSections(to, document, StoredText.WriteState);
        to.Write(",\"metadata\":"u8);
        WriteSections(to, document, StoredText.WriteMetadata);
        to.Write(",\"version\":"u8);
        to.WriteDecimal(document.Version);
        to.Write((byte)'}');
    }

    private static void WriteSections(ByteBuffer to, ShadowDocument document, Action<ByteBuffer, ReadOnlySpan<byte>> write)
    {
        to.Write((byte)'{');
        if (!document.Desired.IsEmpty)
        {
            to.Write("\"desired\":"u8);
            write(to, document.Desired);
        }

        if (!document.Reported.IsEmpty)
        {
            to.Write(document.Desired.IsEmpty ? "\"reported\":"u8 : ",\"reported\":"u8);
            write(to, document.Reported);
        }

        to.Write((byte)'}');
    }

    private static void WriteVersion(ByteBuffer to, long version, uint time)
    {
        to.Write(",\"version\":"u8);
        to.WriteDecimal(version);
        to.Write(",\"timestamp\":"u8);
        to.WriteDecimal(time);
    }

    private static void WriteEnd(ByteBuffer to, ReadOnlySpan<byte> token)
    {
        if (!token.IsEmpty)
        {
            to.Write(",\"clientToken\":"u8);
            to.Write(token);
        }

        to.Write((byte)'}');
    }
}
