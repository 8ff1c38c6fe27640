using System.CommandLine;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Verbs.Messaging;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench pub</c>: publishes as fast as the server takes it.</summary>
internal sealed class PublishBench(Terminal terminal)
{
    private const string Examples =
        """
        fairlead bench pub --count 100000
        fairlead bench pub --for 10 --clients 20 -q 1 --size 256 -t load/test
        """;

    private readonly BenchFlags _flags = new("Messages to publish in all (default 10000).", withClients: true);
    private readonly Option<string> _topic = new("--topic", "-t") { Description = "Topic; '%' stands for the number of the client.", HelpName = "topic", DefaultValueFactory = _ => "bench/%" };
    private readonly Option<int> _size = new("--size") { Description = "Payload bytes.", HelpName = "bytes", DefaultValueFactory = _ => 64 };
    private readonly Option<int> _window = new("--window") { Description = "QoS 1 and 2 messages under way in each client.", HelpName = "number", DefaultValueFactory = _ => 32 };
    private readonly Option<int> _qos = QosFlag.Create("QoS 0, 1 or 2 (default 0).");

    public Command Create()
    {
        var command = new Command("pub", "Publish many messages.");
        foreach (var option in new Option[] { _topic, _size, _qos, _window })
            command.Options.Add(option);
        _flags.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _flags.Talk(result);
            return VerbRunner.RunAsync("bench pub", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var plan = _flags.Read(result, talk, terminal, defaultCount: 10_000);
        var qos = QosFlag.Check(result.GetValue(_qos));
        string topic = plan.UrlTopic ?? result.GetValue(_topic)!;
        int size = result.GetValue(_size);
        int window = result.GetValue(_window);
        if (size < 0 || window < 1 || !TopicName.IsValid(topic))
            throw VerbException.Usage("cannot measure", "--size takes 0 or more, --window 1 or more, -t a Topic Name", "Give such values");
        plan = plan with { Options = plan.Options with { PublishQueueByteLimit = 1024 * 1024 } };
        var run = new BenchRun("pub", "messages", plan.Limits, terminal, talk);
        var clients = new List<MqttClient>();
        try
        {
            var packet = new PublishPacket { Topic = topic, QoS = qos, Payload = new byte[size] };
            return await run.RunAsync(
                async stop =>
                {
                    for (int i = 1; i <= plan.Clients; i++)
                    {
                        clients.Add(plan.CreateClient(i));
                        await clients[^1].ConnectAsync(stop);
                    }

                    run.Mark(terminal.Time.GetTimestamp());
                    await PublishAllAsync(run, plan, clients, packet, window, stop);
                    run.Mark(terminal.Time.GetTimestamp());
                },
                cancellationToken);
        }
        finally
        {
            await Parallel.ForEachAsync(clients, CancellationToken.None, async (client, _) => await client.DisposeAsync());
        }
    }

    private async Task PublishAllAsync(BenchRun run, BenchPlan plan, List<MqttClient> clients, PublishPacket packet, int window, CancellationToken stop)
    {
        long taken = 0;
        int lanes = packet.QoS == QualityOfService.AtMostOnce ? 1 : window;
        await Task.WhenAll(clients.SelectMany((client, number) =>
        {
            var own = packet with { Topic = packet.Topic.Replace("%", $"{number + 1}", StringComparison.Ordinal) };
            return Enumerable.Range(0, lanes).Select(_ => PublishAsync(client, own));
        }));
        if (packet.QoS == QualityOfService.AtMostOnce)
            await Task.WhenAll(clients.Where(client => client.State == ConnectionState.Connected).Select(WaitUntilReadAsync))
                .WaitAsync(plan.Options.ConnectTimeout, terminal.Time, CancellationToken.None);

        // Nobody acknowledges QoS 0. The Server answers packets in order, so this answer comes when it has read them all.
        static Task WaitUntilReadAsync(MqttClient client) =>
            client.UnsubscribeAsync(new UnsubscribePacket { Filters = ["bench/none"] }, CancellationToken.None);

        async Task PublishAsync(MqttClient client, PublishPacket own)
        {
            await Task.Yield();
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref taken) <= (plan.Count ?? long.MaxValue))
            {
                long started = terminal.Time.GetTimestamp();
                try
                {
                    await client.PublishAsync(own, stop);
                    if (own.QoS != QualityOfService.AtMostOnce)
                        run.Counts.Latency.Add(terminal.Time.GetElapsedTime(started));
                    run.Counts.Succeed(own.Payload.Length);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
                catch (MqttException exception)
                {
                    run.Counts.Fail(exception);
                    if (client.State != ConnectionState.Connected)
                        return;
                }
            }
        }
    }
}
