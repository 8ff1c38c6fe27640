using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Twin;

/// <summary>Log messages of the twin. No values, only where they are.</summary>
internal static partial class TwinLog
{
    [LoggerMessage(EventId = 8160, Level = LogLevel.Warning, Message = "hub: shadow '{Name}' refused a request: {Code} {Text}")]
    public static partial void Rejected(ILogger logger, string name, long code, string text);

    [LoggerMessage(EventId = 8161, Level = LogLevel.Warning, Message = "local: twin command {Topic} {Path} is refused with {Status}: {Why}")]
    public static partial void Refused(ILogger logger, string topic, string path, int status, string why);

    [LoggerMessage(EventId = 8162, Level = LogLevel.Warning, Message = "local: {Path} has a property called 'definition', which gives way to the definition of its feature; said once")]
    public static partial void DefinitionClash(ILogger logger, string path);

    [LoggerMessage(EventId = 8163, Level = LogLevel.Warning, Message = "Shadow name of '{Raw}' belongs to {Rival} already; it gets the name {Name}")]
    public static partial void NameTaken(ILogger logger, string raw, string rival, string name);

    [LoggerMessage(EventId = 8164, Level = LogLevel.Warning, Message = "hub: a message on {Topic} is no shadow document and is passed over")]
    public static partial void NoDocument(ILogger logger, string topic);

    [LoggerMessage(EventId = 8165, Level = LogLevel.Debug, Message = "local: acknowledgment label '{Label}' is not known and is ignored")]
    public static partial void AckLabel(ILogger logger, string label);
}
