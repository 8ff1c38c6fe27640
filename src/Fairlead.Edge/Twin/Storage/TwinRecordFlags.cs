namespace Fairlead.Edge.Twin.Storage;

/// <summary>Yes and no of a <see cref="TwinRecord"/>, as the file holds them. Numbers never change their meaning.</summary>
[Flags]
internal enum TwinRecordFlags
{
    None = 0,
    Known = 1,
    Exists = 2,
    ExistsLocally = 4,
    Ahead = 8,
    Dirty = 16,
}
