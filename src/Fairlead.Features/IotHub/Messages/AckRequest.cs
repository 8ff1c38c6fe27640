namespace Fairlead.Features.IotHub.Messages;

/// <summary>Which feedback the sender of a cloud-to-device message wants (<c>iothub-ack</c>, spec/azure-gateway 4.5).</summary>
internal enum AckRequest : byte
{
    /// <summary>None.</summary>
    None,

    /// <summary>When the device has completed it.</summary>
    Positive,

    /// <summary>When it was rejected, expired, purged, or tried too often.</summary>
    Negative,

    /// <summary>Both.</summary>
    Full,
}

/// <summary>The words of <see cref="AckRequest"/> on the wire.</summary>
internal static class AckRequestText
{
    private static readonly string[] Words = ["none", "positive", "negative", "full"];

    /// <summary>The word.</summary>
    public static string ToText(this AckRequest ack) => Words[(int)ack];

    /// <summary>Reads a word in any case; false when it is none of the four.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AckRequest ack)
    {
        for (var i = 0; i < Words.Length; i++)
        {
            ack = (AckRequest)i;
            if (text.Equals(Words[i], StringComparison.OrdinalIgnoreCase)) return true;
        }

        ack = AckRequest.None;
        return false;
    }
}
