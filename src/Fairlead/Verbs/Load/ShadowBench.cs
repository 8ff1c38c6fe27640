using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench shadow</c>: updates shadows over MQTT and waits for each answer.</summary>
internal sealed class ShadowBench(Terminal terminal)
{
    private const string Examples =
        """
        fairlead bench shadow --count 10000
        fairlead bench shadow --for 10 --clients 50 --thing 'load-%' --rate 500 -h hub
        """;

    private readonly BenchFlags _flags = new("Updates in all (default 1000).", withClients: true);
    private readonly Option<string> _thing = new("--thing") { Description = "Thing of each client; '%' stands for the number of the client.", HelpName = "name", DefaultValueFactory = _ => "bench-%" };
    private readonly Option<string?> _name = new("--name") { Description = "Named shadow (default: the classic one).", HelpName = "shadow" };
    private readonly Option<int> _size = new("--size") { Description = "Bytes of text in each update.", HelpName = "bytes", DefaultValueFactory = _ => 16 };
    private readonly Option<int> _window = new("--window") { Description = "Updates under way in each client.", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<double?> _rate = BenchPace.Option("At most so many updates a second, of all clients.");

    public Command Create()
    {
        var command = new Command("shadow", "Update shadows of a hub over MQTT, and wait for each answer.");
        foreach (var option in new Option[] { _thing, _name, _size, _window, _rate })
            command.Options.Add(option);
        _flags.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _flags.Talk(result);
            return VerbRunner.RunAsync("bench shadow", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var plan = _flags.Read(result, talk, terminal, defaultCount: 1_000);
        int size = result.GetValue(_size);
        int window = result.GetValue(_window);
        if (size is < 0 or > 100_000 || window < 1)
            throw VerbException.Usage("cannot measure", "--size takes 0 to 100000, --window 1 or more", "Give such values");
        var pace = BenchPace.Of(result.GetValue(_rate), terminal.Time);
        plan = plan with { Options = plan.Options with { ReceiveQueueFull = ReceiveQueuePolicy.Wait } };
        var run = new BenchRun("shadow", "updates", plan.Limits, terminal, talk) { HasAnswers = true };
        var clients = new List<ShadowBenchClient>();
        try
        {
            return await run.RunAsync(
                async stop =>
                {
                    for (int i = 1; i <= plan.Clients; i++)
                    {
                        string thing = result.GetValue(_thing)!.Replace("%", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                        clients.Add(new ShadowBenchClient(plan.CreateClient(i), thing, result.GetValue(_name), talk.Timeout, terminal.Time));
                        await clients[^1].ConnectAsync(stop);
                    }

                    run.Mark(terminal.Time.GetTimestamp());
                    await UpdateAllAsync(run, plan, clients, window, new string('x', size), pace, stop);
                },
                cancellationToken);
        }
        finally
        {
            await Parallel.ForEachAsync(clients, CancellationToken.None, async (client, _) => await client.DisposeAsync());
        }
    }

    private async Task UpdateAllAsync(BenchRun run, BenchPlan plan, List<ShadowBenchClient> clients, int window, string text, BenchPace pace, CancellationToken stop)
    {
        long taken = 0;
        await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, window).Select(_ => UpdateAsync(client))));

        async Task UpdateAsync(ShadowBenchClient client)
        {
            await Task.Yield();
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref taken) is var number && number <= (plan.Count ?? long.MaxValue))
            {
                string token = number.ToString(CultureInfo.InvariantCulture);
                var document = new JsonObject
                {
                    ["state"] = new JsonObject { ["reported"] = new JsonObject { ["n"] = number, ["text"] = text } },
                    ["clientToken"] = token,
                };
                byte[] payload = System.Text.Encoding.UTF8.GetBytes(JsonText.Of(document));
                try
                {
                    await pace.WaitAsync(stop);
                    long started = terminal.Time.GetTimestamp();
                    var refusal = await client.UpdateAsync(token, payload, stop);
                    run.Mark(terminal.Time.GetTimestamp());
                    run.Counts.Latency.Add(terminal.Time.GetElapsedTime(started));
                    if (refusal is null)
                        run.Counts.Succeed(payload.Length);
                    else
                        run.Counts.Reject(refusal);
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
                catch (TimeoutException)
                {
                    run.Counts.Fail(client.NoAnswer());
                }
                catch (MqttException exception)
                {
                    run.Counts.Fail(exception);
                    if (!client.IsConnected)
                        return;
                }
            }
        }
    }
}
