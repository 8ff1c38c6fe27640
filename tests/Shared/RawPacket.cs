using System.Globalization;

namespace Fairlead.Shared;

/// <summary>One whole packet as it came from the wire.</summary>
public sealed record RawPacket(byte First, byte[] Body)
{
    /// <summary>The packet type, 1 to 15.</summary>
    public int Type => First >> 4;

    /// <summary>The low four bits of the first byte.</summary>
    public int Flags => First & 0x0F;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(RawType)Type} {First:X2} [{Convert.ToHexString(Body)}]");
}
