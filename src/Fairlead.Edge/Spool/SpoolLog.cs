using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Spool;

/// <summary>What the spool writes into the log.</summary>
internal sealed partial class SpoolLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>Calls somebody else's code, who must not throw; if he does, the writer shall not suffer.</summary>
    public void Guard(Action action, string path)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            Broken(exception, path);
        }
    }

    [LoggerMessage(EventId = 8100, Level = LogLevel.Information, Message = "{Path} is open: {Messages} messages wait, {Bytes} bytes")]
    public partial void Opened(string path, long messages, long bytes);

    [LoggerMessage(EventId = 8101, Level = LogLevel.Error, Message = "{Path} cannot be written (SQLite code {Code}: {Reason}); the local broker's messages wait until it can")]
    public partial void Failed(string path, int code, string reason);

    [LoggerMessage(EventId = 8102, Level = LogLevel.Information, Message = "{Path} can be written again")]
    public partial void Recovered(string path);

    [LoggerMessage(EventId = 8103, Level = LogLevel.Critical, Message = "Unexpected error while writing {Path}")]
    public partial void Broken(Exception exception, string path);

    [LoggerMessage(EventId = 8104, Level = LogLevel.Error, Message = "{Path} was damaged ({Reason}): {Saved} messages were brought into a new file, {Lost} are lost")]
    public partial void Salvaged(string path, string reason, long saved, long lost);

    [LoggerMessage(EventId = 8105, Level = LogLevel.Warning, Message = "{Path} is full with {Messages} messages; the local broker's messages wait")]
    public partial void Full(string path, long messages);

    [LoggerMessage(EventId = 8106, Level = LogLevel.Warning, Message = "{Path} could not be tidied up ({Reason}); nothing is lost")]
    public partial void Untidy(string path, string reason);

    [LoggerMessage(EventId = 8107, Level = LogLevel.Warning, Message = "{Path} was closed with {Count} messages not written; the local broker will send them again")]
    public partial void Abandoned(string path, int count);

    [LoggerMessage(EventId = 8108, Level = LogLevel.Error, Message = "{Path} cannot be synced to the disk ({Reason}); a loss of power would cost what came since")]
    public partial void NotSynced(string path, string reason);

    [LoggerMessage(EventId = 8109, Level = LogLevel.Warning, Message = "{Path}: record {Sequence} of class {Class} was damaged and is lost")]
    public partial void DamagedRecord(string path, MessageClass @class, long sequence);

    [LoggerMessage(EventId = 8110, Level = LogLevel.Warning, Message = "{Path}: the end of the write-ahead log was damaged; {Saved} messages were read from what is left of it, {Lost} parts of it could not be read")]
    public partial void TailDamaged(string path, int saved, int lost);
}
