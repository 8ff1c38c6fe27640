namespace Fairlead.Sqlite;

/// <summary>SQLite refused a call.</summary>
internal sealed class SqliteFailure(int extendedCode, string message) : Exception(message)
{
    /// <summary>Primary result code.</summary>
    public int Code => ExtendedCode & 0xFF;

    /// <summary>Extended result code.</summary>
    public int ExtendedCode { get; } = extendedCode;
}
