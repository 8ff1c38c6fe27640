using System.Net.Http.Headers;
using System.Text.Json;
using Fairlead.Shared;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>The words of the structured log for refusals of direct messages that need a hub with limits, or a receiver that misbehaves.</summary>
public sealed class DirectMessageLogTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private HubProcess? _hub;

    private HubProcess Hub => _hub!;

    public async ValueTask InitializeAsync()
    {
        _hub = await HubProcess.StartAsync(new HubSettings
        {
            Listen = ["mqtt://127.0.0.1:0", "http://127.0.0.1:0"],
            Arguments = ["--set", "Limits:DirectMessageRate=400", "--set", "Limits:MessageRate=100", "--set", "Broker:MaximumInflight=4"],
        });
        _http.BaseAddress = Hub.Http;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(Path.Combine(Hub.DataDirectory, "admin.token"))).Trim());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Hub.DisposeAsync();
    }

    [Fact]
    public async Task Messaging_82_what_is_malformed_has_its_word()
    {
        await RefusedAsync("%24x/messages?topic=t", 400, "MALFORMED_CLIENTID");
        await RefusedAsync($"{new string('c', 129)}/messages?topic=t", 400, "MALFORMED_CLIENTID");
        await RefusedAsync("c/messages", 400, "INVALID_TOPIC");
        await RefusedAsync("c/messages?topic=t&confirmation=maybe", 400, "INVALID_CONFIRMATION_PARAMETER");
        await RefusedAsync("c/messages?topic=t&confirmation=true&timeout=16", 400, "INVALID_TIMEOUT_PARAMETER");
    }

    [Fact]
    public async Task Messaging_73_82_who_is_away_with_a_session_has_a_word_of_its_own()
    {
        await using (var client = await Hub.ConnectRawAsync(4, "away", clean: false)) await client.SendAsync(RawPackets.Disconnect());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await _http.GetStringAsync("/connections/away", deadline.Token)).Contains("\"connected\":true", StringComparison.Ordinal)) deadline.Token.ThrowIfCancellationRequested();
        await RefusedAsync("away/messages?topic=t", 404, "TARGET_CLIENT_NOT_CONNECTED");
        await RefusedAsync("nobody/messages?topic=t", 404, "TARGET_CLIENT_ID_NOT_FOUND");
    }

    [Fact]
    public async Task Messaging_76_82_a_receiver_with_too_much_unacknowledged_has_its_word()
    {
        await using var client = await Hub.ConnectRawAsync(4, "silent");
        var waiting = Enumerable.Range(0, 4).Select(_ => PostAsync("silent/messages?topic=t&confirmation=true&timeout=15")).ToList();
        for (var i = 0; i < 4; i++) (await client.ReadAsync()).Type.ShouldBe((int)RawType.Publish);
        await RefusedAsync("silent/messages?topic=t&confirmation=true", 429, "RECEIVER_MAX_UNACKED_QOS1_EXCEEDED");
        client.Close();
        foreach (var answer in await Task.WhenAll(waiting)) answer.Status.ShouldBe(504);
    }

    [Fact]
    public async Task Messaging_76_82_a_receiver_beyond_its_rate_has_its_word()
    {
        await using var client = await Hub.ConnectRawAsync(4, "busy");
        // So many in a second that some are too many, however the seconds fall.
        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => PostAsync("busy/messages?topic=t")));
        answers.Select(static answer => answer.Status).Distinct().Order().ShouldBe([200, 429]);
        (await ReasonsAsync("busy")).Distinct().ShouldBe(["RECEIVE_SESSION_THROTTLED"]);
    }

    [Fact]
    public async Task Messaging_76_82_a_rate_that_is_used_up_has_its_word()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 1200).Select(_ => PostAsync("unknown/messages?topic=t")));
        answers.Select(static answer => answer.Status).Distinct().Order().ShouldBe([404, 429]);
        (await ReasonsAsync("unknown")).Distinct().Order().ShouldBe(["SEND_DIRECT_MESSAGE_THROTTLED", "TARGET_CLIENT_ID_NOT_FOUND"]);
    }

    [Fact]
    public async Task Messaging_82_a_caller_who_does_not_wait_has_its_word()
    {
        await using var client = await Hub.ConnectRawAsync(4, "slow");
        using var gone = new CancellationTokenSource();
        using var content = new ByteArrayContent([]);
        var call = _http.PostAsync("/connections/slow/messages?topic=t&confirmation=true&timeout=2", content, gone.Token);
        (await client.ReadAsync()).Type.ShouldBe((int)RawType.Publish);
        await gone.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(call);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        IReadOnlyList<string?> reasons;
        while ((reasons = await ReasonsAsync("slow")).Count == 0) deadline.Token.ThrowIfCancellationRequested();
        reasons.ShouldBe(["DELIVERY_CONFIRMATION_SENDER_DISCONNECT"]);
    }

    private async Task RefusedAsync(string target, int status, string reason)
    {
        var answer = await PostAsync(target);
        answer.Status.ShouldBe(status, target);
        using var stream = new StringReader(await _http.GetStringAsync("/v1/logs?level=error&limit=10000"));
        while (await stream.ReadLineAsync() is { } line)
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.GetProperty("traceId").GetString() != answer.TraceId) continue;
            entry.RootElement.GetProperty("eventType").GetString().ShouldBe("SendDirectMessage");
            entry.RootElement.GetProperty("reason").GetString().ShouldBe(reason);
            return;
        }

        Assert.Fail($"{target}: no entry with traceId {answer.TraceId}");
    }

    private async Task<IReadOnlyList<string?>> ReasonsAsync(string clientId)
    {
        var text = await _http.GetStringAsync($"/v1/logs?level=error&limit=10000&client={clientId}");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString())];
    }

    private async Task<(int Status, string TraceId)> PostAsync(string target)
    {
        using var content = new ByteArrayContent([]);
        using var answer = await _http.PostAsync($"/connections/{target}", content);
        return ((int)answer.StatusCode, answer.Headers.GetValues("x-amzn-RequestId").Single());
    }
}
