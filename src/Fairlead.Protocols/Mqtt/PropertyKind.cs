namespace Fairlead.Protocols.Mqtt;

/// <summary>Data type of a property together with the values that the standard allows.</summary>
internal enum PropertyKind : byte
{
    Unknown,
    Flag,
    UInt16,
    NonZeroUInt16,
    Alias,
    UInt32,
    NonZeroUInt32,
    NonZeroVariable,
    Utf8,
    Topic,
    Binary,
    Pair,
}
