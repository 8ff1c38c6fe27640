namespace Fairlead.Server.Configuration;

/// <summary>Form of the log.</summary>
public enum LogFormat
{
    /// <summary>Text on a terminal, JSON otherwise.</summary>
    Auto,

    /// <summary>One line of text for people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
