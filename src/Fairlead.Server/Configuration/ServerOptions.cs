namespace Fairlead.Server.Configuration;

/// <summary>Transport and process.</summary>
public sealed class ServerOptions
{
    /// <summary>Whether socket completions run on the threads that poll the sockets.</summary>
    public bool InlineSockets { get; set; } = true;

    /// <summary>Whether what follows a read or write runs where it completed instead of on the thread pool.</summary>
    public bool InlineScheduling { get; set; } = true;

    /// <summary>Queues over which connections are spread when scheduling is not inline; 0 takes the number of processors, at most 16.</summary>
    public int IoQueues { get; set; }

    /// <summary>Connections that the operating system holds until they are accepted.</summary>
    public int Backlog { get; set; } = 4096;

    /// <summary>Size of the blocks that bytes are received into.</summary>
    public int ReceiveBlock { get; set; } = 16 * 1024;

    /// <summary>Bytes received and not yet read by the broker before the peer has to wait.</summary>
    public int ReceiveBuffer { get; set; } = 1024 * 1024;

    /// <summary>Bytes written and not yet taken by the socket before a flush has to wait.</summary>
    public int SendBuffer { get; set; } = 64 * 1024;

    /// <summary>Time from the opening of a plain connection to its first byte.</summary>
    public TimeSpan OpeningTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for the end of the process after a signal.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(4);
}
