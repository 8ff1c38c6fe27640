using System.CommandLine;
using Fairlead.Client.Mqtt;
using Fairlead.Verbs.Messaging;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench sub</c>: counts what arrives, from the first message to the last.</summary>
internal sealed class SubscribeBench(Terminal terminal)
{
    private const string Examples =
        """
        fairlead bench sub --count 100000                        # together with: fairlead bench pub --count 100000
        fairlead bench sub --for 10 --clients 100 -q 1 -t 'load/#'
        """;

    private readonly BenchFlags _flags = new("Messages to receive in all (default: until stopped).", withClients: true);
    private readonly Option<string> _topic = new("--topic", "-t") { Description = "Topic Filter of each client.", HelpName = "filter", DefaultValueFactory = _ => "bench/#" };
    private readonly Option<int> _qos = QosFlag.Create("Maximum QoS (default 0).");

    public Command Create()
    {
        var command = new Command("sub", "Receive many messages.");
        command.Options.Add(_topic);
        command.Options.Add(_qos);
        _flags.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _flags.Talk(result);
            return VerbRunner.RunAsync("bench sub", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var plan = _flags.Read(result, talk, terminal, defaultCount: null);
        plan = plan with { Options = plan.Options with { ReceiveQueueFull = ReceiveQueuePolicy.Wait } };
        var qos = QosFlag.Check(result.GetValue(_qos));
        string filter = plan.UrlTopic ?? result.GetValue(_topic)!;
        var run = new BenchRun("sub", "messages", plan.Limits, terminal, talk);
        var clients = new List<MqttClient>();
        try
        {
            return await run.RunAsync(
                async stop =>
                {
                    for (int i = 1; i <= plan.Clients; i++)
                    {
                        clients.Add(plan.CreateClient(i));
                        await clients[^1].ConnectAsync(stop);
                        await clients[^1].SubscribeAsync(filter, qos, stop);
                    }

                    if (!talk.Quiet && !talk.Json)
                        await terminal.Error.WriteLineAsync($"{plan.Clients} clients subscribed to {filter}");
                    await ReceiveAllAsync(run, plan, clients, stop);
                },
                cancellationToken);
        }
        finally
        {
            await Parallel.ForEachAsync(clients, CancellationToken.None, async (client, _) => await client.DisposeAsync());
        }
    }

    private async Task ReceiveAllAsync(BenchRun run, BenchPlan plan, List<MqttClient> clients, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await Task.WhenAll(clients.Select(ReceiveAsync));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Another client counted the last message.
        }

        async Task ReceiveAsync(MqttClient client)
        {
            try
            {
                await foreach (var message in client.ReceiveAllAsync(enough.Token))
                {
                    run.Mark(terminal.Time.GetTimestamp());
                    run.Counts.Succeed(message.Payload.Length);
                    if (run.Counts.Done >= plan.Count)
                    {
                        await enough.CancelAsync();
                        return;
                    }
                }
            }
            catch (MqttException exception)
            {
                run.Counts.Fail(exception);
            }
        }
    }
}
