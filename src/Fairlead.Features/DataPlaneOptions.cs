namespace Fairlead.Features;

/// <summary>Limits of the data plane, and where its structured log lies.</summary>
public sealed class DataPlaneOptions
{
    /// <summary>Calls of SendDirectMessage in a second; 0 for no limit (AWS: 2,000 or 20,000).</summary>
    public int DirectMessageRate { get; set; }

    /// <summary>Directory of the structured log; empty keeps none. The hub fills it in.</summary>
    public string LogDirectory { get; set; } = "";

    /// <summary>Bytes at which a file of the structured log is closed and the next one begun.</summary>
    public long LogFileSize { get; set; } = 16 * 1024 * 1024;

    /// <summary>Files kept, the present one included.</summary>
    public int LogFiles { get; set; } = 8;
}
