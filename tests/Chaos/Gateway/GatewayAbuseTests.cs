using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Fairlead.Chaos.Edge;

namespace Fairlead.Chaos.Gateway;

/// <summary>Callers that the gateway could do without, beside those that it is there for.</summary>
public sealed class GatewayAbuseTests
{
    private const int Good = 1000;
    private const int Bad = 1000;

    /// <summary>
    /// As many devices with tokens that are forged, of somebody else, expired or of nobody try on and on: each of theirs is refused, and the hub is
    /// asked three times in half a minute at most about one that it has to judge.
    /// </summary>
    [Fact]
    public async Task Azure_80_A_thousand_devices_with_bad_tokens_do_not_starve_a_thousand_good_ones()
    {
        var each = LongForm.IsOn ? 50 : 4;
        await using var stage = await GatewayStage.StartAsync(Good + Bad, byPolicy: false);
        var life = TimeSpan.FromHours(1);
        var fleet = new Fleet(stage, Good) { Token = device => stage.Token(device, life), Most = each };
        using var stop = new CancellationTokenSource();
        var refusals = new ConcurrentDictionary<(int Kind, int Status), int>();
        var intruders = Task.WhenAll(Enumerable.Range(Good, Bad).Select(n => Task.Run(() => IntrudeAsync(stage, n, refusals, stop.Token))));
        var began = TimeProvider.System.GetTimestamp();
        await fleet.RunAsync(CancellationToken.None);
        await stop.CancelAsync();
        await intruders;
        var rounds = 1 + (int)(TimeProvider.System.GetElapsedTime(began) / TimeSpan.FromSeconds(30));

        fleet.Accepted.ShouldBe(Good * each);
        refusals.Keys.Select(static key => key.Status).Distinct().Except([401, 404, 503, 504]).ShouldBeEmpty();
        refusals.Values.Sum().ShouldBeGreaterThanOrEqualTo(Bad);
        (await stage.Gateway.SampleAsync("gateway_tokens_total{result=\"refused\"}")).ShouldBeLessThanOrEqualTo(rounds * 3 * Bad / 2);
        await fleet.CheckAsync();
        stage.Reader.Events.Length.ShouldBeLessThanOrEqualTo(fleet.Accepted + fleet.Statuses.Where(static pair => pair.Key != 200).Sum(static pair => pair.Value));
        stage.Reader.Events.Select(static item => item.Device).Except(Enumerable.Range(0, Good).Select(static n => $"d{n}")).ShouldBeEmpty();
        LongForm.Tell($"refused: {string.Join(", ", refusals.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Value} of kind {pair.Key.Kind} with {pair.Key.Status}"))}");
    }

    /// <summary>
    /// Bodies and heads that stop half way, callers that are gone before their answer, streams that nobody reads: the gateway gives them up, holds
    /// no more memory than before, and what unread streams held comes to the next one.
    /// </summary>
    [Fact]
    public async Task Callers_that_stop_half_way_cost_others_nothing()
    {
        var crowd = LongForm.IsOn ? 1000 : 100;
        const int Devices = 20, Streams = 20, Messages = 20;
        await using var stage = await GatewayStage.StartAsync(Devices + Streams, byPolicy: true);
        using var stop = new CancellationTokenSource();
        var fleet = new Fleet(stage, Devices);
        var running = fleet.RunAsync(stop.Token);
        await fleet.AfterAsync(100);
        var before = ResidentMemory.Of(stage.Gateway.ProcessId);

        var unread = new List<Socket>();
        for (var n = 0; n < Streams; n++)
        {
            unread.Add(await CallAsync(stage, $"GET /api/d{Devices + n}/stream?kinds=messages HTTP/1.1\r\nHost: gateway\r\n\r\n"));
            for (var i = 0; i < Messages; i++) await stage.SendAsync($"d{Devices + n}", $"m{i}", size: 30_000);
        }

        var halves = Enumerable.Range(0, crowd).SelectMany(n => (Task[])
        [
            GivenUpAsync(stage, $"POST /api/d{n % Devices} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100000\r\n\r\n{new string(' ', 50_000)}"),
            GivenUpAsync(stage, $"POST /api/d{n % Devices} HTTP/1.1\r\nHost: gat"),
            GoneAsync(stage, $"POST /api/x{n} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1\r\n\r\n1"),
            GoneAsync(stage, $"GET /api/d{n % Devices}/messages/devicebound?wait=30 HTTP/1.1\r\nHost: gateway\r\n\r\n"),
        ]).ToArray();
        await Task.WhenAll(halves);
        foreach (var socket in unread) Reset(socket);
        await fleet.AfterAsync(500);

        for (var n = 0; n < Streams; n++)
        {
            using var stream = await stage.Gateway.OpenStreamAsync($"d{Devices + n}", query: "&ack=auto");
            for (var i = 0; i < Messages; i++) (await stream.NextAsync())!.Value.Data.GetProperty("body").GetString().ShouldBe($"m{i}" + new string('.', 30_000));
        }

        await stop.CancelAsync();
        await running;
        fleet.Statuses.Keys.ShouldBe([200]);
        await Wait.UntilAsync(async () => await stage.Gateway.SampleAsync("gateway_memory_bytes") == 0, static () => "bodies are still in memory", LongForm.Patience);
        await ResidentMemory.ShouldReturnBelowAsync(stage.Gateway.ProcessId, (2 * before) + (64 * ResidentMemory.MiB), async () => await stage.Gateway.UntilReadyAsync());
        await fleet.CheckAsync();
    }

    private static async Task IntrudeAsync(GatewayStage stage, int n, ConcurrentDictionary<(int Kind, int Status), int> refusals, CancellationToken stop)
    {
        var kind = n % 4;
        var (device, token) = kind switch
        {
            0 => ($"d{n}", stage.Token($"d{n}", TimeSpan.FromHours(1), genuine: false)),
            1 => ($"d{n}", stage.Token($"d{n - Good}", TimeSpan.FromHours(1))),
            2 => ($"d{n}", stage.Token($"d{n}", TimeSpan.FromHours(-1))),
            _ => ($"nobody{n}", stage.Token($"nobody{n}", TimeSpan.FromHours(1))),
        };
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{device}") { Content = new StringContent("1", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("sas_token", token);
            using var answer = await stage.Gateway.Http.SendAsync(request, CancellationToken.None);
            refusals.AddOrUpdate((kind, (int)answer.StatusCode), 1, static (_, count) => count + 1);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None); // a caller's pace, nothing waits for it
        }
        while (!stop.IsCancellationRequested);
    }

    private static async Task<Socket> CallAsync(GatewayStage stage, string text)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(stage.Gateway.Url.Host, stage.Gateway.Url.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        return socket;
    }

    /// <summary>Says no more, and waits until the gateway has closed the connection.</summary>
    private static async Task GivenUpAsync(GatewayStage stage, string text)
    {
        using var socket = await CallAsync(stage, text);
        using var deadline = new CancellationTokenSource(LongForm.Patience);
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
                // The answer, 408 most likely.
            }
        }
        catch (SocketException)
        {
            // Reset: closed as well.
        }
    }

    private static async Task GoneAsync(GatewayStage stage, string text) => Reset(await CallAsync(stage, text));

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, 0);
        socket.Dispose();
    }
}
