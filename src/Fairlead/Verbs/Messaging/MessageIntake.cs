using System.Text;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Verbs.Messaging;

/// <summary>Takes messages, shows those that are wanted, and knows when it is enough.</summary>
internal sealed class MessageIntake(MqttClient client, SubFlags.Wishes wishes, MessagePrinter printer, TimeSpan timeout, Terminal terminal)
{
    private readonly List<Task> _removals = [];

    /// <summary>Messages shown.</summary>
    public int Printed { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in client.ReceiveAllAsync(cancellationToken))
            {
                bool enough = Take(message);
                if (enough || client.WaitingMessages == 0)
                    printer.Flush();
                if (enough)
                {
                    AcknowledgeLast(message);
                    break;
                }
            }
        }
        finally
        {
            await FinishRemovalsAsync();
        }
    }

    private async Task FinishRemovalsAsync()
    {
        try
        {
            await Task.WhenAll(_removals).WaitAsync(timeout, terminal.Time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            string why = $"the server did not acknowledge it within {timeout.TotalSeconds:0.###} s";
            throw new VerbException(ExitCode.Timeout, "cannot remove a retained message", why, "Check the server's log");
        }
    }

    // The loop ends before the client sees that the message was handled.
    private static void AcknowledgeLast(ReceivedMessage message) => message.Acknowledge();

    private bool Take(ReceivedMessage message)
    {
        if (wishes.RetainedOnly && !message.Retain)
            return true;
        if (wishes.FilterOut.Count > 0)
        {
            byte[] topic = Encoding.UTF8.GetBytes(message.Topic);
            foreach (byte[] filter in wishes.FilterOut)
            {
                if (TopicFilter.Matches(filter, topic))
                    return false;
            }
        }

        if (wishes.RemoveRetained && message.Retain)
        {
            // Not waited for here: its PUBACK is behind the messages that wait to be taken.
            _removals.RemoveAll(removal => removal.IsCompletedSuccessfully);
            _removals.Add(client.PublishAsync(message.Topic, ReadOnlyMemory<byte>.Empty, QualityOfService.AtLeastOnce, retain: true).AsTask());
        }

        if (wishes.NoRetained && message.Retain)
            return false;
        printer.Print(message);
        Printed++;
        return Printed == wishes.Count;
    }
}
