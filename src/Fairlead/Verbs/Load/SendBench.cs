using System.CommandLine;
using System.Globalization;
using Fairlead.Client.Mqtt;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Load;

/// <summary><c>fairlead bench send</c>: direct messages, each confirmed by its receiver.</summary>
internal sealed class SendBench(Terminal terminal)
{
    private const int LongestConfirmation = 15;
    private const int MostReceivers = 1_000;

    private const string Examples =
        """
        fairlead bench send --count 5000                         # to a receiver of its own
        fairlead bench send --for 10 --clients 20 --window 4
        fairlead bench send --to lamp1 --rate 50 --count 500     # to a device that is connected
        """;

    private readonly Option<long?> _count = BenchFlags.CountOption("Messages in all (default 1000).");
    private readonly Option<double?> _for = BenchFlags.ForOption();
    private readonly Option<double?> _rate = BenchPace.Option("At most so many messages a second, to all receivers.");

    public Command Create()
    {
        var verb = new ApiVerb(
            terminal, "bench send", "Send direct messages over the API of a hub, and wait until their receivers have acknowledged them.", Examples, 5,
            $"Longest wait for an acknowledgment: 1 to {LongestConfirmation}");
        verb.Add(_count);
        verb.Add(_for);
        verb.Add(_rate);
        var to = verb.Text("--to", "client", "Client Identifier of a client that is connected (default: receivers of its own, over WebSocket).");
        var clients = verb.Number("--clients", "number", "Receivers of its own (default 1).", 1, MostReceivers);
        var window = verb.Number("--window", "number", "Messages under way to each receiver (default 1).", 1, 1_000);
        var size = verb.Number("--size", "bytes", "Payload bytes (default 64).", 0, 128 * 1024);
        var topic = verb.Text("--topic", "topic", "Topic that receivers see (default bench/send).");
        return verb.Runs(async call =>
        {
            double seconds = call.Talk.Timeout.TotalSeconds;
            if (seconds is < 1 or > LongestConfirmation || seconds != Math.Floor(seconds))
                throw VerbException.Usage("cannot wait so long", $"--timeout takes whole seconds from 1 to {LongestConfirmation}, not {seconds:0.###}", "Give such a number");
            if (call.Get(to) is not null && call.Get(clients) is not null)
                throw VerbException.Usage("cannot choose receivers", "--to and --clients exclude each other", "Give one of them");
            var limits = BenchLimits.Of(call.Result.GetValue(_count), call.Result.GetValue(_for), 1_000);
            var pace = BenchPace.Of(call.Result.GetValue(_rate), terminal.Time);
            var run = new BenchRun("send", "messages", limits, terminal, call.Talk) { HasAnswers = true };
            var receivers = new List<MqttClient>();
            try
            {
                return await run.RunAsync(
                    async stop =>
                    {
                        var names = call.Get(to) is { } named ? [named] : await ConnectAsync(call, receivers, call.Get(clients) ?? 1, stop);
                        var message = new Message(call.Get(topic) ?? "bench/send", new byte[call.Get(size) ?? 64], (int)seconds);
                        run.Mark(terminal.Time.GetTimestamp());
                        await SendAllAsync(call, run, limits, names, call.Get(window) ?? 1, message, pace, stop);
                    },
                    call.Cancellation);
            }
            finally
            {
                await Parallel.ForEachAsync(receivers, CancellationToken.None, static async (client, _) => await client.DisposeAsync());
            }
        });
    }

    private static async Task<List<string>> ConnectAsync(ApiCall call, List<MqttClient> receivers, int count, CancellationToken stop)
    {
        var names = new List<string>();
        while (names.Count < count)
        {
            stop.ThrowIfCancellationRequested();
            receivers.Add(await HubMqtt.ConnectAsync(call, "cannot connect a receiver"));
            names.Add(receivers[^1].ClientId);
            _ = AcknowledgeAsync(receivers[^1]);
        }

        return names;
    }

    /// <summary>Takes what comes, and acknowledges it with that, until the connection ends.</summary>
    private static async Task AcknowledgeAsync(MqttClient receiver)
    {
        try
        {
            await foreach (var _ in receiver.ReceiveAllAsync())
            {
                // Its arrival is all that counts.
            }
        }
        catch (MqttException)
        {
            // The connection has ended; what is sent from now on is not confirmed, and told so.
        }
    }

    private async Task SendAllAsync(ApiCall call, BenchRun run, BenchLimits limits, List<string> names, int window, Message message, BenchPace pace, CancellationToken stop)
    {
        long taken = 0;
        await Task.WhenAll(names.SelectMany(name => Enumerable.Range(0, window).Select(_ => SendAsync(name))));

        async Task SendAsync(string receiver)
        {
            var request = message.To(receiver);
            await Task.Yield();
            while (!stop.IsCancellationRequested && Interlocked.Increment(ref taken) <= (limits.Count ?? long.MaxValue))
            {
                try
                {
                    await pace.WaitAsync(stop);
                    long started = terminal.Time.GetTimestamp();
                    var answer = await call.Hub.SendAsync(request, stop);
                    run.Mark(terminal.Time.GetTimestamp());
                    run.Counts.Latency.Add(terminal.Time.GetElapsedTime(started));
                    if (answer.IsSuccess)
                        run.Counts.Succeed(message.Payload.Length);
                    else
                        run.Counts.Reject(FailureOf(answer.ToException($"a message to {receiver} was not confirmed")));
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    return;
                }
                catch (VerbException exception)
                {
                    // The hub cannot be reached: the next one would fare no better.
                    run.Counts.Fail(FailureOf(exception));
                    return;
                }
            }
        }
    }

    private static BenchFailure FailureOf(VerbException exception) => new(exception.ExitCode, exception.What, exception.Why, exception.Cure);

    private sealed record Message(string Topic, byte[] Payload, int Seconds)
    {
        public HubRequest To(string receiver) => new(
            HttpMethod.Post,
            HubRequest.Query(
                $"/connections/{HubRequest.Segment(receiver)}/messages", ("topic", Topic), ("confirmation", "true"), ("timeout", Seconds.ToString(CultureInfo.InvariantCulture))))
        {
            Body = Payload,
            ContentType = "application/octet-stream",
            // The hub's own time runs from the moment of delivery.
            Timeout = TimeSpan.FromSeconds(Seconds + 5),
        };
    }
}
