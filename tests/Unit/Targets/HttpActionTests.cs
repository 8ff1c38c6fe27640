using System.Text.Json;
using Fairlead.Features.AccessKeys;
using Fairlead.Features.Api;
using Fairlead.Features.Api.Signing;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Engine;
using Fairlead.Shared;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The http action against real servers (spec/aws-rules, section 7.2 and checklist line 24).</summary>
public sealed class HttpActionTests : IAsyncLifetime
{
    private readonly ActionBench _bench = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Rules_24_503_twice_then_200_is_one_success_after_three_tries()
    {
        await using var peer = await HttpPeer.StartAsync(503, 503, 200);
        var action = Create(peer.Url);
        var call = _bench.Prepare(action, """{"n":1}""");
        var outcomes = new List<ActionOutcome>();
        for (int i = 0; i < 3; i++)
        {
            await ActionBench.TryAsync(action, call);
            outcomes.Add(call.Result.Outcome);
        }

        outcomes.ShouldBe([ActionOutcome.Transient, ActionOutcome.Transient, ActionOutcome.Succeeded]);
        peer.Requests.Count.ShouldBe(3);
        peer.Requests.ShouldAllBe(request => request.Method == "POST" && request.Text == """{"n":1}""" && request.Headers["Content-Type"] == "application/json");
    }

    [Fact]
    public async Task Rules_24_a_third_503_is_the_end()
    {
        await using var peer = await HttpPeer.StartAsync(503);
        var action = Create(peer.Url);
        var call = _bench.Prepare(action, "{}");
        for (int i = 0; i < 3; i++) await ActionBench.TryAsync(action, call);
        call.Result.Outcome.ShouldBe(ActionOutcome.Failed);
        call.Result.Message.ShouldBe($"{peer.Url} answered with status 503, 3 times");
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(404, 1)]
    [InlineData(503, 2)]
    [InlineData(302, 3)]
    public async Task Rules_24_what_a_server_answers_is_counted_by_its_kind(int status, int kind)
    {
        await using var peer = await HttpPeer.StartAsync(status);
        Counted(await _bench.RunAsync(Create(peer.Url), "{}"), (HttpFaultKind)kind);
    }

    [Fact]
    public async Task Rules_24_who_cannot_be_asked_is_counted_by_its_kind()
    {
        _bench.Options.HttpTimeout = TimeSpan.FromMilliseconds(200);
        Counted(await _bench.RunAsync(Create($"http://127.0.0.1:{FreePort.Take()}/"), "{}"), HttpFaultKind.UnknownHost);
        await using var silent = await HttpPeer.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        Counted(await _bench.RunAsync(Create(silent.Url), "{}"), HttpFaultKind.RequestTimeout);
        var template = _bench.Create("http", """{"url":"${url}","confirmationUrl":"https://example.com"}""");
        Counted(await _bench.RunAsync(template, """{"url":"ftp://nowhere"}"""), HttpFaultKind.InvalidUrl);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(302)]
    public async Task Rules_24_an_answer_that_says_no_is_tried_once(int status)
    {
        await using var peer = await HttpPeer.StartAsync(status);
        var call = await _bench.RunAsync(Create(peer.Url), "{}");
        call.Result.ShouldBe(ActionResult.Fail($"{peer.Url} answered with status {status}"));
        call.Resource.ShouldBe(peer.Url);
    }

    [Fact]
    public async Task Rules_24_a_long_answer_and_one_that_closes_the_connection_are_tried_once()
    {
        await using var longPeer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.Body.WriteAsync(new byte[17_000]);
        });
        (await _bench.RunAsync(Create(longPeer.Url), "{}")).Result.ShouldBe(ActionResult.Fail($"{longPeer.Url} answered with status 500 and more than 16384 bytes"));

        await using var closing = await HttpPeer.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        (await _bench.RunAsync(Create(closing.Url), "{}")).Result.ShouldBe(ActionResult.Fail($"{closing.Url} answered with status 503 and closed the connection"));
    }

    [Fact]
    public async Task Rules_24_an_unconfirmed_destination_fails_without_a_request()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        _bench.Unconfirmed.Add(peer.Url);
        var call = await _bench.RunAsync(Create(peer.Url), "{}");
        call.Result.ShouldBe(ActionResult.Fail($"the destination of {peer.Url} is not enabled"));
        peer.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_not_there_costs_no_try()
    {
        var port = FreePort.Take();
        var action = Create($"http://127.0.0.1:{port}/x");
        var call = _bench.Prepare(action, "{}");
        for (int i = 0; i < 5; i++) await ActionBench.TryAsync(action, call);
        call.Result.Outcome.ShouldBe(ActionOutcome.Transient);
        call.Result.Message.ShouldStartWith($"cannot reach http://127.0.0.1:{port}/x: ");
    }

    [Fact]
    public async Task A_connection_that_is_cut_within_the_answer_may_be_tried_again()
    {
        await using var peer = await HttpPeer.StartAsync(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        (await _bench.RunAsync(Create(peer.Url), "{}")).Result.Outcome.ShouldBe(ActionOutcome.Transient);
    }

    [Fact]
    public async Task The_time_for_all_tries_is_bounded()
    {
        _bench.Options.HttpTimeout = TimeSpan.FromMilliseconds(200);
        await using var peer = await HttpPeer.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        var call = await _bench.RunAsync(Create(peer.Url), "{}");
        call.Result.Outcome.ShouldBe(ActionOutcome.Failed);
        call.Result.Message!.ShouldContain("gave no answer: the time is up");
    }

    [Fact]
    public async Task Headers_and_url_are_templates_and_content_type_may_be_given()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        var action = _bench.Create("http", JsonSerializer.Serialize(new
        {
            url = peer.Url + "/${topic(2)}?n=${n}",
            confirmationUrl = peer.Url,
            headers = new[] { new { key = "X-Id", value = "${n + 1}" }, new { key = "CONTENT-TYPE", value = "text/plain" } },
        }));
        (await _bench.RunAsync(action, """{"n":4}""")).Result.ShouldBe(ActionResult.Success);
        var request = peer.Requests.Single();
        (request.Target, request.Headers["X-Id"], request.Headers["Content-Type"]).ShouldBe(("/b?n=4", "5", "text/plain"));
        (await _bench.RunAsync(Create(peer.Url), "no json")).Result.ShouldBe(ActionResult.Success);
        peer.Requests.Last().Headers["Content-Type"].ShouldBe("application/octet-stream");
    }

    [Fact]
    public async Task A_header_must_not_smuggle_another_one()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        var action = _bench.Create("http", JsonSerializer.Serialize(new { url = peer.Url, headers = new[] { new { key = "X-Id", value = "${v}" } } }));
        (await _bench.RunAsync(action, """{"v":"a\r\nX-Evil: 1"}""")).Result.Outcome.ShouldBe(ActionOutcome.Failed);
        peer.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_is_one_array_per_url_and_topic_within_its_bytes()
    {
        await using var peer = await HttpPeer.StartAsync(200);
        var action = Batching(peer.Url, """{"maxBatchSize":10,"maxBatchSizeBytes":100,"maxBatchOpenMs":50}""");
        (action.LargestBatch, action.BatchDelay).ShouldBe((10, TimeSpan.FromMilliseconds(50)));
        ActionCall[] calls =
        [
            _bench.Prepare(action, "[1]", "a/x"), _bench.Prepare(action, "[2]", "a/x"), _bench.Prepare(action, "[3]", "a/y"),
            _bench.Prepare(action, $"[\"{new string('x', 90)}\"]", "a/y"), _bench.Prepare(action, $"[\"{new string('y', 90)}\"]", "a/y"),
        ];
        action.MayShareBatch(calls[0], calls[1]).ShouldBeTrue();
        action.MayShareBatch(calls[1], calls[2]).ShouldBeFalse();
        await ActionBench.TryAsync(action, calls);
        calls.ShouldAllBe(call => call.Result == ActionResult.Success);
        peer.Requests.Select(request => request.Text.Length > 60 ? request.Text[..6] : request.Text).ShouldBe(["[[1],[2]]", "[[3],[", "[[\"yyy"]);
        peer.Requests.ShouldAllBe(request => request.Headers["Content-Type"] == "application/json");

        var across = Batching(peer.Url, """{"batchAcrossTopics":true}""");
        await ActionBench.TryAsync(across, _bench.Prepare(across, "[1]", "a/x"), _bench.Prepare(across, "[2]", "a/y"));
        peer.Requests.Last().Text.ShouldBe("[[1],[2]]");
        _bench.Prepare(across, "no json").Result.Outcome.ShouldBe(ActionOutcome.Failed);
    }

    [Fact]
    public async Task Requests_are_signed_with_the_key_of_their_service()
    {
        _bench.Options.Keys = ["*=AKOTHER:other", "execute-api=AKTEST:secret"];
        await using var peer = await HttpPeer.StartAsync(200);
        var action = _bench.Create("http", JsonSerializer.Serialize(new
        {
            url = peer.Url + "/a b/c?x=1&a=2",
            auth = new { sigv4 = new { signingRegion = "eu-west-1", serviceName = "execute-api", roleArn = "arn" } },
        }));
        (await _bench.RunAsync(action, "{}")).Result.ShouldBe(ActionResult.Success);
        var request = peer.Requests.Single();
        request.Headers["Authorization"].ShouldContain("Credential=AKTEST/");
        Verify(request, "AKTEST", "secret", "eu-west-1", "execute-api");
        Should.Throw<ApiException>(() => Verify(request with { Body = "{ }"u8.ToArray() }, "AKTEST", "secret", "eu-west-1", "execute-api"));
    }

    [Theory]
    [InlineData("""{"url":"http://example.com/x"}""", "action http: url is plain http, which is for this machine and the hosts of Rules:PlainHosts; example.com is not among them")]
    [InlineData("""{"url":"https://x/${topic()}"}""", "action http: confirmationUrl is missing: a url with templates needs one")]
    [InlineData("""{"url":"https://x/a","confirmationUrl":"https://y"}""", "action http: url must begin with confirmationUrl")]
    [InlineData("""{"url":"https://x","headers":[{"key":"Host","value":"y"}]}""", "action http: headers: Host is set by the hub")]
    [InlineData("""{"url":"https://x","auth":{"sigv4":{"signingRegion":"r","serviceName":"s","roleArn":"a"}}}""", "action http: auth: there is no key for the service s; Rules:Keys gives one (s=ID:SECRET)")]
    [InlineData("""{"url":"https://x","enableBatching":true,"batchConfig":{"maxBatchSize":11}}""", "action http: maxBatchSize must be a whole number from 2 to 10, not '11'")]
    [InlineData("""{"uri":"https://x"}""", "action http: has no member 'uri'; there are url, confirmationUrl, headers, auth, enableBatching, batchConfig")]
    public void A_definition_that_cannot_work_is_refused(string definition, string message) => _bench.Refusal("http", definition).ShouldBe(message);

    internal static void Verify(HttpPeer.Received request, string id, string secret, string region, string service)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in request.Headers) headers[name] = value;
        RawTarget.TryParse(request.Target, out var target).ShouldBeTrue();
        var scope = new Fairlead.Features.HubScope { Region = region };
        var check = new SignatureCheck(scope, found => found == id ? new AccessKey(id, secret, true, 0) : null, TimeProvider.System);
        check.Verify(request.Method, target!, headers, request.Body, [service]).Service.ShouldBe(service);
    }

    private static void Counted(ActionCall call, HttpFaultKind kind)
    {
        var counters = new ActionCounters("http", isErrorAction: false);
        counters.CountHttpFault(call);
        // It is taken: a try that is not made cannot be counted again.
        counters.CountHttpFault(call);
        foreach (var one in Enum.GetValues<HttpFaultKind>()) counters.HttpFaults(one).ShouldBe(one == kind && kind != HttpFaultKind.None ? 1 : 0, one.ToString());
    }

    private IRuleAction Create(string url) => _bench.Create("http", JsonSerializer.Serialize(new { url }));

    private IRuleAction Batching(string url, string limits) => _bench.Create("http", $$"""{"url":"{{url}}","enableBatching":true,"batchConfig":{{limits}}}""");
}
