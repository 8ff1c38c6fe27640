using System.Text;
using System.Text.Json;
using Fairlead.Broker;
using Fairlead.Broker.Connections;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.Console;
using Fairlead.Features.Console.Topics;
using Fairlead.Features.Documents;
using Fairlead.Protocols.Mqtt.Packets;
using Fairlead.Unit.Broker;
using Fairlead.Unit.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.WebConsole;

/// <summary><c>/v1/topics</c> over a broker without a port and with a clock that is moved.</summary>
public sealed class TopicListingTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly MqttBroker _broker;
    private readonly TopicListings _listings;
    private readonly TopicMessages _messages;

    public TopicListingTests()
    {
        var store = new MemoryStore();
        var context = new FeatureContext(new HubScope(), new DocumentStore(store, _time), _time, NullLoggerFactory.Instance);
        _broker = new MqttBroker(new BrokerOptions { SystemTopicInterval = TimeSpan.Zero }, store, new Nobody(), new OpenAuthorizer(), _time, NullLogger<MqttBroker>.Instance);
        context.Attach(_broker);
        var tap = new TopicTap();
        _broker.AddPublishTap(tap);
        _listings = new TopicListings(context, tap);
        _messages = new TopicMessages(context, tap, new StreamPlaces());
        _broker.Start();
    }

    public ValueTask DisposeAsync()
    {
        _listings.Stop();
        return _broker.DisposeAsync();
    }

    [Fact]
    public async Task A_look_shows_what_is_retained_and_what_came_with_its_rate()
    {
        Publish("lamp/kept", "old", retain: true);
        Publish("lamp/unseen", "1");
        var look = AskAsync("/v1/topics?filter=lamp/%23&for=4");
        await _time.WhenTimerAsync(static due => due == TimeSpan.FromSeconds(4));
        for (int i = 0; i < 8; i++) Publish("lamp/temp", "12345");
        Publish("other", "x");
        _time.Advance(TimeSpan.FromSeconds(4));
        var list = await look;
        Topics(list).ShouldBe(["lamp/kept", "lamp/temp"]);
        var (kept, temp) = (list.GetProperty("topics")[0], list.GetProperty("topics")[1]);
        (kept.GetProperty("retained").GetBoolean(), kept.GetProperty("count").GetInt64(), kept.GetProperty("value").GetString()).ShouldBe((true, 0, "old"));
        (temp.GetProperty("retained").GetBoolean(), temp.GetProperty("count").GetInt64(), temp.GetProperty("bytes").GetInt64()).ShouldBe((false, 8, 40));
        (temp.GetProperty("rate").GetDouble(), temp.GetProperty("bytesRate").GetDouble(), temp.GetProperty("size").GetInt32()).ShouldBe((2, 10, 5));
        list.GetProperty("full").GetBoolean().ShouldBeFalse();
        list.GetProperty("messages").GetInt64().ShouldBe(8);
    }

    [Fact]
    public async Task Another_look_of_the_same_watch_has_rates_of_its_own()
    {
        string watch = Watch(await AskAsync("/v1/topics?for=0"));
        for (int i = 0; i < 10; i++) Publish("a", "x");
        var look = AskAsync($"/v1/topics?watch={watch}&sort=rate&for=2");
        await _time.WhenTimerAsync(static due => due == TimeSpan.FromSeconds(2));
        Publish("b", "x");
        _time.Advance(TimeSpan.FromSeconds(2));
        var list = await look;
        Topics(list).ShouldBe(["b"]);
        list.GetProperty("topics")[0].GetProperty("rate").GetDouble().ShouldBe(0.5);
        Topics(await AskAsync($"/v1/topics?watch={watch}&sort=count")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task The_list_comes_in_pages_and_the_busiest_in_order()
    {
        string watch = Watch(await AskAsync("/v1/topics?for=0"));
        foreach (int number in Enumerable.Range(0, 25))
        {
            for (int i = 0; i <= number; i++) Publish($"t/{number:00}", new string('x', 25 - number));
        }

        var pages = new List<string>();
        string? after = null;
        do
        {
            var page = await AskAsync($"/v1/topics?watch={watch}&limit=10{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            pages.AddRange(Topics(page));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (after is not null);
        pages.ShouldBe(Enumerable.Range(0, 25).Select(static number => $"t/{number:00}"));
        Topics(await AskAsync($"/v1/topics?watch={watch}&sort=count&limit=2")).ShouldBe(["t/24", "t/23"]);
        Topics(await AskAsync($"/v1/topics?watch={watch}&sort=bytes&limit=1")).ShouldBe(["t/12"]);
        Topics(await AskAsync($"/v1/topics?watch={watch}&search=T/2")).ShouldBe(["t/20", "t/21", "t/22", "t/23", "t/24"]);
    }

    [Fact]
    public async Task A_watch_ends_when_nobody_asks_and_when_it_is_told_to()
    {
        string watch = Watch(await AskAsync("/v1/topics?for=0"));
        _time.Advance(TopicListings.Patience - TimeSpan.FromSeconds(1));
        await AskAsync($"/v1/topics?watch={watch}");
        _time.Advance(TopicListings.Patience - TimeSpan.FromSeconds(1));
        await AskAsync($"/v1/topics?watch={watch}");
        _time.Advance(TopicListings.Patience);
        (await Should.ThrowAsync<ApiException>(() => AskAsync($"/v1/topics?watch={watch}"))).Status.ShouldBe(404);
        string other = Watch(await AskAsync("/v1/topics?for=0"));
        await EndAsync(other);
        (await Should.ThrowAsync<ApiException>(() => EndAsync(other))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Watches_are_few_and_wrong_questions_are_told()
    {
        for (int i = 0; i < 20; i++) await AskAsync("/v1/topics?for=0");
        (await Should.ThrowAsync<ApiException>(() => AskAsync("/v1/topics?for=0"))).Status.ShouldBe(503);
        _time.Advance(TopicListings.Patience);
        string watch = Watch(await AskAsync("/v1/topics?for=0"));
        foreach (string wrong in new[] { "filter=a/%23/b", "sort=name", "for=61", "limit=0", "limit=1001", "sort=rate&after=a", $"watch={watch}&filter=a" })
            (await Should.ThrowAsync<ApiException>(() => AskAsync($"/v1/topics?{wrong}"))).Status.ShouldBe(400, wrong);
    }

    [Fact]
    public async Task Messages_come_as_lines_what_is_retained_first()
    {
        Publish("lamp/state", "old", retain: true);
        using var body = new MemoryStream();
        var answer = await Operation(_messages.Operations, "ReadTopicMessages").Handler(Request("/v1/topics/messages?filter=lamp/%2B&count=2"));
        answer.ContentType.ShouldBe("application/x-ndjson");
        var stream = answer.Stream!(body, TestContext.Current.CancellationToken);
        await _time.WhenTimerAsync(static due => due == TimeSpan.FromMilliseconds(100));
        Publish("lamp/state", "new");
        Publish("lamp/state", "too much");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await stream;
        string[] lines = Encoding.UTF8.GetString(body.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldBe("""{"watching":"lamp/\u002B"}""");
        lines.Skip(1).Select(static line => Encoding.UTF8.GetString(JsonDocument.Parse(line).RootElement.GetProperty("payload").GetBytesFromBase64())).ShouldBe(["old", "new"]);
        (await Should.ThrowAsync<ApiException>(async () => await Operation(_messages.Operations, "ReadTopicMessages").Handler(Request("/v1/topics/messages")))).Status.ShouldBe(400);
    }

    private static string Watch(JsonElement list) => list.GetProperty("watch").GetString()!;

    private static string[] Topics(JsonElement list) => [.. list.GetProperty("topics").EnumerateArray().Select(static topic => topic.GetProperty("topic").GetString()!)];

    private static ApiOperation Operation(IEnumerable<ApiOperation> operations, string name) => operations.Single(operation => operation.Name == name);

    private static ApiRequest Request(string target, params string[] labels)
    {
        RawTarget.TryParse(target, out var parsed).ShouldBeTrue();
        return new ApiRequest
        {
            Operation = ApiOperation.Hub("Test", "GET", "/", static _ => default),
            Caller = new Caller(CallerKind.Administrator, "administrator"),
            RequestId = "1",
            Target = parsed!,
            Labels = labels,
            Headers = new HeaderDictionary(),
            RawBody = default,
            Host = "localhost",
            Aborted = TestContext.Current.CancellationToken,
        };
    }

    private async Task<JsonElement> AskAsync(string target)
    {
        var answer = await Operation(_listings.Operations, "ListPublishedTopics").Handler(Request(target));
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.Clone();
    }

    private async Task EndAsync(string watch) => await Operation(_listings.Operations, "EndTopicWatch").Handler(Request($"/v1/topics/{watch}", watch));

    private void Publish(string topic, string payload, bool retain = false) =>
        _broker.Publish(new PublishRequest { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Retain = retain, Origin = PublishOrigin.Process }).Accepted.ShouldBeTrue();

    private sealed class Nobody : IAuthenticator
    {
        public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectPacket connect, TransportInfo transport, CancellationToken cancellationToken) =>
            new(AuthenticationResult.Accept(Principal.Anonymous));
    }
}
