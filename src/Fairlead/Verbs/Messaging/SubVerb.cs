using System.CommandLine;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;

namespace Fairlead.Verbs.Messaging;

/// <summary><c>fairlead sub</c>.</summary>
internal sealed class SubVerb(Terminal terminal)
{
    private const string Examples =
        """
        fairlead sub -t 'lamp1/#' -v                             # topic and payload of all that lamp1 says
        fairlead sub --as lamp1 -t 'lamp1/#' -v                  # as the device lamp1, with its kit
        fairlead sub -t lamp1/temp -C 1 -W 10                    # one value, or exit code 5 after 10 seconds
        fairlead sub -t '#' -T '$SYS/#' --json | jq .payload     # one JSON object a line
        fairlead sub -t 'a/#' -F '%I %t %q %x'                   # time, topic, QoS, payload in hex
        fairlead sub -i logger -c -q 1 -t 'logs/#'               # keeps the Session: nothing is missed while away
        fairlead sub -t 'old/#' --remove-retained --retained-only
        """;

    private readonly ConnectFlags _connect = new("");
    private readonly TalkFlags _talk = new(30, "Longest wait for CONNACK, SUBACK and UNSUBACK");
    private readonly PrintFlags _print = new();
    private readonly SubFlags _flags = new();

    public Command Create()
    {
        var command = new Command("sub", "Subscribe and print messages.");
        _flags.AddTo(command);
        _print.AddTo(command);
        _connect.AddTo(command);
        _talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync("sub", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var connect = _connect.Read(result, talk, terminal);
        var wishes = _flags.Read(result, connect);
        var printer = _print.Read(result, talk, terminal, "sub");
        await using var client = new MqttClient(connect.Options with { ReceiveQueueFull = ReceiveQueuePolicy.Wait });
        client.StateChanged += new ConnectionTalk("sub", terminal, talk, wishes.Debug).OnStateChanged;
        await client.ConnectAsync(cancellationToken);
        using var patience = wishes.Wait is { } wait
            ? new CancellationTokenSource(wait, terminal.Time)
            : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var intake = new MessageIntake(client, wishes, printer, talk.Timeout, terminal);
        try
        {
            // Messages are taken from the start: a server may send retained ones before its SUBACK.
            var taking = intake.RunAsync(stop.Token);
            try
            {
                await SubscribeAsync(client, connect, wishes, talk.Timeout, cancellationToken);
                if (wishes.ExitWhenSubscribed)
                    await stop.CancelAsync();
                await taking;
            }
            finally
            {
                await stop.CancelAsync();
                await taking.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException) when (!wishes.ExitWhenSubscribed && !cancellationToken.IsCancellationRequested)
        {
            await client.DisconnectAsync(connect.Properties.Disconnect);
            string received = wishes.Count is { } count ? $"{intake.Printed} of {count} messages came" : $"{intake.Printed} messages came";
            throw new VerbException(ExitCode.Timeout, "stopped waiting", $"{received} in {wishes.Wait!.Value.TotalSeconds:0.###} s", "Wait longer with -W, or check the topic");
        }
        catch (OperationCanceledException)
        {
            // Told to stop: that is how it ends.
        }
        finally
        {
            printer.Flush();
        }

        await client.DisconnectAsync(connect.Properties.Disconnect);
        return printer.NotPrinted > 0 && intake.Printed == 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private async Task SubscribeAsync(
        MqttClient client,
        ConnectFlags.Connect connect,
        SubFlags.Wishes wishes,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        try
        {
            if (wishes.Topics.Count > 0)
            {
                var packet = new SubscribePacket
                {
                    SubscriptionIdentifier = connect.Properties.SubscriptionIdentifier,
                    UserProperties = connect.Properties.Subscribe,
                    Subscriptions = [.. wishes.Topics.Select(topic => new SubscriptionRequest(topic, wishes.QoS, RetainAsPublished: wishes.RetainAsPublished))],
                };
                var answer = await client.SubscribeAsync(packet, cancellationToken).WaitAsync(timeout, terminal.Time, cancellationToken);
                for (int i = 0; wishes.Debug && i < wishes.Topics.Count; i++)
                    await terminal.Error.WriteLineAsync($"fairlead sub: subscribed to {wishes.Topics[i]} with QoS {(byte)answer.ReasonCodes[i]}");
            }

            if (wishes.Unsubscribe.Count > 0)
            {
                var packet = new UnsubscribePacket { Filters = wishes.Unsubscribe, UserProperties = connect.Properties.Unsubscribe };
                await client.UnsubscribeAsync(packet, cancellationToken).WaitAsync(timeout, terminal.Time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            throw new VerbException(ExitCode.Timeout, "cannot subscribe", $"the server did not answer within {timeout.TotalSeconds:0.###} s", "Check the server's log");
        }
    }
}
