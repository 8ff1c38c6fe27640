using System.CommandLine;
using Fairlead.Client.Mqtt;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench conn</c>: connects many clients and keeps them until the end.</summary>
internal sealed class ConnectBench(Terminal terminal)
{
    private const string Examples =
        """
        fairlead bench conn --count 1000
        fairlead bench conn --count 10000 --parallel 200 --hold 30 -h hub
        """;

    private readonly BenchFlags _flags = new("Connections to make (default 100).", withClients: false);
    private readonly Option<int> _parallel = new("--parallel") { Description = "Connects under way at once.", HelpName = "number", DefaultValueFactory = _ => 50 };
    private readonly Option<double> _hold = new("--hold") { Description = "Keep them for so many seconds.", HelpName = "seconds" };

    public Command Create()
    {
        var command = new Command("conn", "Connect many clients.");
        _flags.AddTo(command);
        command.Options.Add(_parallel);
        command.Options.Add(_hold);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _flags.Talk(result);
            return VerbRunner.RunAsync("bench conn", terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        int parallel = result.GetValue(_parallel);
        double hold = result.GetValue(_hold);
        if (parallel < 1 || hold is < 0 or > 4_000_000)
            throw VerbException.Usage("cannot measure", "--parallel takes 1 or more, --hold 0 or more", "Give such numbers");
        var plan = _flags.Read(result, talk, terminal, defaultCount: 100);
        var run = new BenchRun("conn", "connections", plan.Limits, terminal, talk);
        var clients = new List<MqttClient>();
        try
        {
            return await run.RunAsync(stop => ConnectAllAsync(run, plan, parallel, TimeSpan.FromSeconds(hold), clients, stop), cancellationToken);
        }
        finally
        {
            await Parallel.ForEachAsync(clients, CancellationToken.None, async (client, _) => await client.DisposeAsync());
        }
    }

    private async Task ConnectAllAsync(BenchRun run, BenchPlan plan, int parallel, TimeSpan hold, List<MqttClient> clients, CancellationToken stop)
    {
        long next = 0;
        run.Mark(terminal.Time.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
        {
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref next) is var number && number <= (plan.Count ?? long.MaxValue))
                await ConnectOneAsync(run, plan.CreateClient((int)number), clients, stop);
        }));
        run.Mark(terminal.Time.GetTimestamp());
        await Task.Delay(hold, terminal.Time, stop);
    }

    private async Task ConnectOneAsync(BenchRun run, MqttClient client, List<MqttClient> clients, CancellationToken stop)
    {
        lock (clients)
            clients.Add(client);
        long started = terminal.Time.GetTimestamp();
        try
        {
            await client.ConnectAsync(stop);
            run.Counts.Latency.Add(terminal.Time.GetElapsedTime(started));
            run.Counts.Succeed(0);
        }
        catch (MqttException exception)
        {
            run.Counts.Fail(exception);
        }
    }
}
