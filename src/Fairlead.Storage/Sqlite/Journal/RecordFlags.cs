namespace Fairlead.Storage.Sqlite.Journal;

/// <summary>Bits of the flag bytes in bodies and entries.</summary>
internal static class RecordFlags
{
    public const int QoSMask = 0x03;
    public const int Retain = 0x04;
    public const int Expires = 0x08;
    public const int Released = 0x10;
    public const int Shared = 0x20;
}
