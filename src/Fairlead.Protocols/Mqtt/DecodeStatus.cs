namespace Fairlead.Protocols.Mqtt;

/// <summary>What became of an attempt to read a packet.</summary>
public enum DecodeStatus : byte
{
    /// <summary>A whole packet lies in the source.</summary>
    Complete,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The bytes are not a packet and no further byte can make them one: close the connection.</summary>
    Failed,
}
