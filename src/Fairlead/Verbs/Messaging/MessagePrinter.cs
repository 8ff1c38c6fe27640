using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>Prints messages to stdout, many in one write when many wait.</summary>
internal sealed class MessagePrinter(Terminal terminal, string verb, TalkFlags.Settings talk, OutputFormat format, bool endOfLine, bool pretty)
{
    /// <summary>Messages that could not be printed because the format wants JSON.</summary>
    public int NotPrinted { get; private set; }

    public void Print(ReceivedMessage message)
    {
        if (!format.TryWrite(terminal.Output, message, pretty))
        {
            NotPrinted++;
            if (!talk.Quiet)
                terminal.Error.WriteLine($"fairlead {verb}: the payload on {message.Topic} is not JSON; print it with -F %j");
            return;
        }

        if (endOfLine)
            terminal.Output.WriteByte((byte)'\n');
    }

    /// <summary>Call when no further message waits.</summary>
    public void Flush() => terminal.Output.Flush();
}
